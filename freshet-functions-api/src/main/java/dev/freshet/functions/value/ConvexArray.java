package dev.freshet.functions.value;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** A list of values. */
public record ConvexArray(List<ConvexValue> elements) implements ConvexValue, Iterable<ConvexValue> {
    public ConvexArray {
        elements = List.copyOf(elements);
        if (elements.size() > ValueLimits.MAX_ARRAY_LENGTH) {
            throw new InvalidValueException("an array has at most " + ValueLimits.MAX_ARRAY_LENGTH
                    + " elements and this one has " + elements.size());
        }
    }

    /** How many elements there are. */
    public int length() {
        return elements.size();
    }

    /** The elements in order. */
    public Stream<ConvexValue> stream() {
        return elements.stream();
    }

    @Override
    public Iterator<ConvexValue> iterator() {
        return elements.iterator();
    }

    @Override
    public ValueType type() {
        return ValueType.ARRAY;
    }

    @Override
    public long size() {
        long size = 2;
        for (ConvexValue element : elements) {
            size += element.size();
        }
        return size;
    }

    @Override
    public int depth() {
        int deepest = 0;
        for (ConvexValue element : elements) {
            deepest = Math.max(deepest, element.depth());
        }
        return deepest + 1;
    }

    @Override
    public String toString() {
        return elements.toString();
    }
}
