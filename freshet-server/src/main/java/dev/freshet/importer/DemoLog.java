package dev.freshet.importer;

import java.net.URL;

/** The web log that comes with the program: 10,000 requests to a public web site over 84 hours of May 2015. */
public final class DemoLog {
    private static final String RESOURCE = "/demo/access_log_semicomplete_2015-05.log";

    private DemoLog() {}

    public static ImportFile open() throws ImportException {
        URL resource = DemoLog.class.getResource(RESOURCE);
        if (resource == null) {
            throw new ImportException(
                    ImportException.Code.UNREADABLE_FILE,
                    "This build lacks its demo log " + RESOURCE + "; build it again with ./freshet demo.");
        }
        return ImportFile.of(resource);
    }
}
