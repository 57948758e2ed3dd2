package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteError;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonMaximumSizeExceededException;
import org.bson.BsonSerializationException;
import org.bson.codecs.configuration.CodecConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is repeated and what is given up hangs on this, whichever way the driver says it. */
class DriverCallTest {
    private static final ServerAddress ADDRESS = new ServerAddress();

    static Stream<Arguments> failures() {
        return Stream.of(
                of("REFUSED_CONTENT", new BsonMaximumSizeExceededException("too large")),
                of("REFUSED_CONTENT", new BsonSerializationException("NUL in a name")),
                of("REFUSED_CONTENT", new CodecConfigurationException("no codec")),
                of("REFUSED_CONTENT", new IllegalArgumentException("Invalid BSON field name")),
                of("REFUSED_CONTENT", new MongoClientException("m", new BsonMaximumSizeExceededException("too large"))),
                of("REFUSED_CONTENT", command(10334)),
                of("REFUSED_CONTENT", command(17280)),
                of("REFUSED_CONTENT", command(17419)),
                of("REFUSED_CONTENT", write(17419)),
                of("REFUSED_CONTENT", bulk(null, 28)),
                of("REFUSED_CONTENT", bulk(null, 17419, 987_654)),
                of("UNREACHABLE", new MongoSocketReadException("cut", ADDRESS)),
                of("UNREACHABLE", new MongoSocketReadException("cut", ADDRESS, new BsonSerializationException("half"))),
                of("UNREACHABLE", new MongoTimeoutException("nobody there")),
                of("UNREACHABLE", new MongoNotPrimaryException(answer(10107), ADDRESS)),
                of("UNREACHABLE", new MongoException("anything else")),
                of("UNREACHABLE", command(13)),
                of("UNREACHABLE", command(14031)),
                of("UNREACHABLE", bulk(null, 17419, 14031)),
                of("UNREACHABLE", bulk(null, 365)),
                of("UNREACHABLE", bulk(null, 371)),
                of("UNREACHABLE", bulk(new WriteConcernError(64, "timeout", "", new BsonDocument()))),
                of("DUPLICATE", bulk(null, 17419, 11000)),
                of("DUPLICATE", write(11000)));
    }

    private static Arguments of(String code, RuntimeException failure) {
        return Arguments.of(code, failure);
    }

    private static BsonDocument answer(int code) {
        return new BsonDocument("ok", new BsonInt32(0)).append("code", new BsonInt32(code));
    }

    private static MongoCommandException command(int code) {
        return new MongoCommandException(answer(code), ADDRESS);
    }

    private static MongoWriteException write(int code) {
        return new MongoWriteException(new WriteError(code, "no", new BsonDocument()), ADDRESS, Set.of());
    }

    private static MongoBulkWriteException bulk(@Nullable WriteConcernError concern, int... codes) {
        List<BulkWriteError> errors = IntStream.range(0, codes.length)
                .mapToObj(index -> new BulkWriteError(codes[index], "no", new BsonDocument(), index))
                .toList();
        return new MongoBulkWriteException(BulkWriteResult.unacknowledged(), errors, concern, ADDRESS, Set.of());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("failures")
    void whatTheDriverThrowsSaysWhetherToRepeat(String code, RuntimeException failure) {
        DocumentStoreException told = catchThrowableOfType(
                DocumentStoreException.class,
                () -> DriverCall.perform("do this", (Runnable) () -> {
                    throw failure;
                }));

        assertThat(told.code().name()).isEqualTo(code);
        assertThat(told).hasCause(failure).hasMessageContaining("do this");
    }
}
