package dev.freshet.dialect;

import java.util.HashMap;
import java.util.Map;

/** What becomes of the events of each team's SDKs: of most teams the same, of single ones first what they say themselves. Immutable. */
public final class TeamMappings {
    /** The built-in rules alone, for every team. */
    public static final TeamMappings EMPTY = new TeamMappings(MappingTable.EMPTY, Map.of());

    private final Mapping general;
    private final Map<String, Mapping> byTeam;

    /** @param byTeam by team id; each comes before the general one */
    TeamMappings(MappingTable general, Map<String, MappingTable> byTeam) {
        this.general = new Mapping(general);
        Map<String, Mapping> mappings = new HashMap<>();
        byTeam.forEach((teamId, own) -> mappings.put(teamId, new Mapping(own.before(general))));
        this.byTeam = Map.copyOf(mappings);
    }

    /** The team need not be one that the file names, nor one that there is. */
    Mapping of(String teamId) {
        return byTeam.getOrDefault(teamId, general);
    }
}
