package dev.freshet.documents;

import de.bwaldvogel.mongo.MongoVersion;
import java.util.List;

/**
 * What the embedded server says it is. The library's newest version is wire 8, exactly the floor of today's driver, so the
 * next driver would refuse to connect; the commands in use have the same form in all wire versions up to this one.
 */
record AdvertisedVersion(List<Integer> versionArray, int wireVersion) implements MongoVersion {
    static final AdvertisedVersion CURRENT = new AdvertisedVersion(List.of(7, 0, 0), 21);

    @Override
    public List<Integer> getVersionArray() {
        return versionArray;
    }

    @Override
    public int getWireVersion() {
        return wireVersion;
    }
}
