/**
 * ClickHouse's HTTP interface over the embedded engine, so that Grafana, DBeaver, JDBC and curl can query it. Read-only
 * unless a test switches writing on.
 */
@NullMarked
package dev.freshet.http.clickhouse;

import org.jspecify.annotations.NullMarked;
