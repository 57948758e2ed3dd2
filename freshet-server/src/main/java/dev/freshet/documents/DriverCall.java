package dev.freshet.documents;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoException;
import com.mongodb.MongoServerException;
import java.util.function.Supplier;

/** The one place where the driver's exceptions become ours. */
final class DriverCall {
    private DriverCall() {}

    static <T> T perform(String task, Supplier<T> call) {
        try {
            return call.get();
        } catch (MongoServerException e) {
            if (ErrorCategory.fromErrorCode(e.getCode()) == ErrorCategory.DUPLICATE_KEY) {
                throw new DocumentStoreException(
                        DocumentStoreException.Code.DUPLICATE, "a document with the same unique value exists", e);
            }
            throw failed(task, e);
        } catch (MongoException e) {
            throw failed(task, e);
        }
    }

    static void perform(String task, Runnable call) {
        perform(task, () -> {
            call.run();
            return true;
        });
    }

    private static DocumentStoreException failed(String task, MongoException cause) {
        return new DocumentStoreException(
                DocumentStoreException.Code.UNREACHABLE,
                "MongoDB could not " + task + ": " + cause.getMessage(),
                cause);
    }
}
