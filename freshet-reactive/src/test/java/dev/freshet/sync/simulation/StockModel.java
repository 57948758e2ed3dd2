package dev.freshet.sync.simulation;

import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@link StockModule} is to do, in plain Java over a map: the stock between two commits. Not changed once made. */
final class StockModel {
    static final StockModel EMPTY = new StockModel(new TreeMap<>(), 0);

    private final Map<String, Item> items;
    /** How many items there have been, so that one that comes again is told from the one before. */
    private final long births;

    private StockModel(Map<String, Item> items, long births) {
        this.items = items;
        this.births = births;
    }

    /** An item's place in its group: by rank, then by name, then by when it came. */
    record Place(double rank, String name, long birth) implements Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparingDouble(Place::rank)
                .thenComparing(Place::name)
                .thenComparingLong(Place::birth);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    record Item(String name, String group, double rank, double amount, long birth) {
        Place place() {
            return new Place(rank, name, birth);
        }

        ConvexObject shown() {
            return ConvexObject.builder()
                    .put("name", name)
                    .put("group", group)
                    .put("rank", rank)
                    .put("amount", amount)
                    .build();
        }
    }

    /** What a mutation leaves and returns. */
    record Step(StockModel after, ConvexValue result) {}

    /** What a query returns, or the data of its error. */
    record Answer(Optional<ConvexValue> value, Optional<ConvexValue> errorData) {
        static Answer of(ConvexValue value) {
            return new Answer(Optional.of(value), Optional.empty());
        }
    }

    /** Runs a mutation; empty where it is to be refused. */
    Optional<Step> run(String function, ConvexObject call) {
        return switch (function) {
            case "stock:put" -> {
                String name = call.string("name");
                Item old = items.get(name);
                Item item = new Item(
                        name,
                        call.string("group"),
                        call.number("rank"),
                        call.number("amount"),
                        old == null ? births : old.birth());
                yield Optional.of(new Step(with(item), ConvexValue.of(amount(name))));
            }
            case "stock:remove" -> {
                Map<String, Item> left = new TreeMap<>(items);
                boolean wasThere = left.remove(call.string("name")) != null;
                yield Optional.of(new Step(new StockModel(left, births), ConvexValue.of(wasThere)));
            }
            case "stock:move" -> Optional.of(move(call.string("from"), call.string("to")));
            case "stock:take" -> {
                double left = amount(call.string("name")) - call.number("amount");
                yield left < 0
                        ? Optional.empty()
                        : Optional.of(new Step(withAmount(call.string("name"), left), ConvexValue.of(left)));
            }
            default -> Optional.empty();
        };
    }

    private Step move(String from, String to) {
        if (!items.containsKey(from) || !items.containsKey(to) || from.equals(to)) {
            return new Step(this, ConvexValue.of(0));
        }
        double moved = Math.floor(amount(from) / 2);
        StockModel after = withAmount(from, amount(from) - moved).withAmount(to, amount(to) + moved);
        return new Step(after, ConvexValue.of(moved));
    }

    private double amount(String name) {
        Item item = items.get(name);
        return item == null ? 0 : item.amount();
    }

    private StockModel with(Item item) {
        Map<String, Item> changed = new TreeMap<>(items);
        changed.put(item.name(), item);
        return new StockModel(changed, births + 1);
    }

    private StockModel withAmount(String name, double amount) {
        Item item = items.get(name);
        return item == null ? this : with(new Item(name, item.group(), item.rank(), amount, item.birth()));
    }

    /** The items of a group in order. */
    List<Item> group(String group) {
        return items.values().stream()
                .filter(item -> item.group().equals(group))
                .sorted(Comparator.comparing(Item::place))
                .toList();
    }

    /** Runs any query but one for a page. */
    Answer answer(String path, ConvexObject call, Optional<String> user) {
        List<Item> group = group(call.findString("group").orElse(""));
        return switch (path) {
            case "stock:item" -> {
                Item item = items.get(call.string("name"));
                yield Answer.of(item == null ? ConvexValue.ofNull() : item.shown());
            }
            case "stock:range" ->
                Answer.of(shown(group.stream()
                        .filter(item -> item.rank() >= call.number("from") && item.rank() < call.number("to"))
                        .toList()));
            case "stock:last" ->
                Answer.of(shown(group.reversed().stream().limit(2).toList()));
            case "stock:count" -> Answer.of(ConvexValue.of(group.size()));
            case "stock:total" ->
                Answer.of(
                        ConvexValue.of(group.stream().mapToDouble(Item::amount).sum()));
            case "stock:unlessFull" ->
                group.size() >= StockModule.FULL
                        ? new Answer(Optional.empty(), Optional.of(ConvexValue.of(group.size())))
                        : Answer.of(ConvexValue.of(group.size()));
            case "stock:who" -> Answer.of(ConvexValue.of(user.orElse("nobody")));
            case "stock:countForMembers" ->
                user.isPresent()
                        ? Answer.of(ConvexValue.of(group.size()))
                        : new Answer(Optional.empty(), Optional.of(notSignedIn()));
            default -> throw new IllegalArgumentException("the model knows no query " + path);
        };
    }

    private static ConvexObject notSignedIn() {
        return ConvexObject.of(
                "code", ConvexValue.of("unauthenticated"), "message", ConvexValue.of("This needs a signed-in person."));
    }

    private static ConvexArray shown(List<Item> found) {
        return ConvexValue.of(found.stream().map(Item::shown).toList());
    }
}
