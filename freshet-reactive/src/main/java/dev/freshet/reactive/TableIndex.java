package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How one index of one table places documents.
 *
 * @param id names it
 * @param fields the declared fields; the time of creation and the id follow by themselves, or only the id for by_id
 */
record TableIndex(IndexId id, List<IndexField> fields, boolean byIdOnly) {
    static TableIndex of(String table, String name, List<String> paths, boolean byIdOnly) {
        List<IndexField> fields = new ArrayList<>();
        for (String path : paths) {
            fields.add(new IndexField(path, List.of(path.split("\\.", -1))));
        }
        return new TableIndex(new IndexId(table, name), List.copyOf(fields), byIdOnly);
    }

    IndexKey keyOf(Document document) {
        IndexKeyWriter writer = new IndexKeyWriter();
        if (!byIdOnly) {
            for (IndexField field : fields) {
                writer.add(field.valueIn(document.value()));
            }
            writer.addFloat64(document.creationTimeMs());
        }
        return writer.addString(document.id()).key();
    }

    /** The fields that a range over this index may name, in order. */
    List<String> rangeFields() {
        List<String> names = new ArrayList<>();
        if (byIdOnly) {
            names.add("_id");
            return names;
        }
        fields.forEach(field -> names.add(field.path()));
        names.add("_creationTime");
        names.add("_id");
        return names;
    }

    /** A field or a dotted path to one. */
    record IndexField(String path, List<String> steps) {
        Optional<ConvexValue> valueIn(ConvexObject document) {
            Optional<ConvexValue> value = Optional.of(document);
            for (String step : steps) {
                value = value.flatMap(within ->
                        within instanceof ConvexObject object ? object.find(step) : Optional.<ConvexValue>empty());
            }
            return value;
        }
    }
}
