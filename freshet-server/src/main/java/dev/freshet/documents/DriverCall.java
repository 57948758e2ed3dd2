package dev.freshet.documents;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.bulk.BulkWriteError;
import java.util.Set;
import java.util.function.Supplier;
import org.bson.BSONException;
import org.bson.BsonSerializationException;
import org.bson.codecs.configuration.CodecConfigurationException;

/** The one place where the driver's exceptions become ours. */
final class DriverCall {
    /** A server's refusals that hang on what was sent, by MongoDB's numbers. */
    private static final Set<Integer> CONTENT_CODES = Set.of(
            2, // BadValue
            9, // FailedToParse
            14, // TypeMismatch
            15, // Overflow
            16, // InvalidLength
            22, // InvalidBSON
            28, // PathNotViable
            40, // ConflictingUpdateOperators
            52, // DollarPrefixedFieldName
            55, // InvalidDBRef
            56, // EmptyFieldName
            57, // DottedFieldName
            66, // ImmutableField
            121, // DocumentValidationFailure
            10334, // BSONObjectTooLarge
            17280, // KeyTooLong
            17419, // the document after an update is too large
            17420); // the document after an upsert is too large

    /** Refusals of one write among many that say something of the server; all others say something of the write. */
    private static final Set<Integer> MENDABLE_CODES = Set.of(
            1, // InternalError
            6, // HostUnreachable
            7, // HostNotFound
            8, // UnknownError
            13, // Unauthorized
            24, // LockTimeout
            26, // NamespaceNotFound
            50, // MaxTimeMSExpired
            63, // StaleShardVersion
            64, // WriteConcernFailed
            70, // ShardNotFound
            89, // NetworkTimeout
            91, // ShutdownInProgress
            96, // OperationFailed
            112, // WriteConflict
            133, // FailedToSatisfyReadPreference
            146, // ExceededMemoryLimit
            150, // StaleEpoch
            189, // PrimarySteppedDown
            202, // NetworkInterfaceExceededTimeLimit
            227, // CannotImplicitlyCreateCollection
            246, // SnapshotUnavailable
            249, // StaleDbVersion
            262, // ExceededTimeLimit
            279, // ClientDisconnect
            290, // TransactionExceededLifetimeLimitSeconds
            314, // ObjectIsBusy
            355, // InterruptedDueToStorageChange
            365, // TemporarilyUnavailable
            371, // UserWritesBlocked
            8000, // a hosted deployment's quota
            9001, // SocketException
            10107, // NotWritablePrimary
            11600, // InterruptedAtShutdown
            11601, // Interrupted
            11602, // InterruptedDueToReplStateChange
            13388, // StaleConfig
            13435, // NotPrimaryNoSecondaryOk
            13436, // NotPrimaryOrSecondary
            14031, // OutOfDiskSpace
            46841); // ClientMarkedKilled

    private DriverCall() {}

    static <T> T perform(String task, Supplier<T> call) {
        try {
            return call.get();
        } catch (MongoException | BSONException | CodecConfigurationException | IllegalArgumentException cause) {
            throw new DocumentStoreException(
                    codeOf(cause), "MongoDB could not " + task + ": " + cause.getMessage(), cause);
        }
    }

    static void perform(String task, Runnable call) {
        perform(task, () -> {
            call.run();
            return true;
        });
    }

    private static DocumentStoreException.Code codeOf(RuntimeException cause) {
        return switch (cause) {
            case MongoBulkWriteException several -> codeOf(several);
            case MongoServerException one when isDuplicate(one.getCode()) -> DocumentStoreException.Code.DUPLICATE;
            case MongoServerException one
            when CONTENT_CODES.contains(one.getCode()) -> DocumentStoreException.Code.REFUSED_CONTENT;
            case MongoException other when !isOfBson(other) -> DocumentStoreException.Code.UNREACHABLE;
            default -> DocumentStoreException.Code.REFUSED_CONTENT;
        };
    }

    private static DocumentStoreException.Code codeOf(MongoBulkWriteException several) {
        if (several.getWriteErrors().stream().anyMatch(error -> isDuplicate(error.getCode()))) {
            return DocumentStoreException.Code.DUPLICATE;
        }
        boolean isMendable = several.getWriteConcernError() != null
                || several.getWriteErrors().stream()
                        .map(BulkWriteError::getCode)
                        .anyMatch(MENDABLE_CODES::contains);
        return isMendable ? DocumentStoreException.Code.UNREACHABLE : DocumentStoreException.Code.REFUSED_CONTENT;
    }

    private static boolean isDuplicate(int code) {
        return ErrorCategory.fromErrorCode(code) == ErrorCategory.DUPLICATE_KEY;
    }

    /** The driver could not even write it down. */
    private static boolean isOfBson(MongoException exception) {
        Throwable cause = exception.getCause();
        return !(exception instanceof MongoSocketException)
                && (cause instanceof BsonSerializationException || cause instanceof CodecConfigurationException);
    }
}
