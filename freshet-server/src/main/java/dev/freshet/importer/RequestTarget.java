package dev.freshet.importer;

/**
 * A request's target taken apart.
 *
 * @param path without the scheme and host that a proxy's client sends
 * @param query without its question mark; empty where there is none
 */
record RequestTarget(String path, String query) {
    static RequestTarget of(String target) {
        String local = withoutHost(target);
        int question = local.indexOf('?');
        return question < 0
                ? new RequestTarget(local, "")
                : new RequestTarget(local.substring(0, question), local.substring(question + 1));
    }

    private static String withoutHost(String target) {
        if (!target.startsWith("http://") && !target.startsWith("https://")) {
            return target;
        }
        int slash = target.indexOf('/', target.indexOf("://") + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }
}
