// The plain recipe, as a good engineer writes it in an afternoon: an HTTP endpoint that parses JSON, gathers rows, and inserts them
// when 100 wait or the first has waited 500 ms. While an insert runs the next batch grows. It answers as soon as the events are in
// memory: no durability, no validation, no deduplication. Same engine, tables and views as Freshet's.
//
// Usage: node recipe.mjs DATA_FOLDER MIGRATIONS_FOLDER
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Session } from "chdb";

const FLUSH_EVENTS = 100;
const FLUSH_MS = 500;
const TEAM = "5f0c0ffee0ddba11c0de1234";
const [dataFolder, migrations] = process.argv.slice(2);

const session = new Session(dataFolder);
session.query("CREATE DATABASE IF NOT EXISTS freshet");
session.query("USE freshet");
for (const file of readdirSync(migrations).sort()) {
  const text = readFileSync(join(migrations, file), "utf8").replace(/^--.*$/gm, "").replaceAll("{retention_days}", "90");
  for (const statement of text.split(";\n")) {
    if (statement.trim() !== "") {
      session.query(statement);
    }
  }
}

let rows = [];
let waiting = 0;
let isInserting = false;
let timer = null;

function take(event, receivedAt) {
  rows.push(
    JSON.stringify({
      team_id: TEAM,
      event_id: event.event_id,
      event_type: event.event_type,
      name: event.name ?? "",
      user_id: event.user_id ?? event.anonymous_id,
      session_id: event.session_id ?? "",
      properties: JSON.stringify(event.properties ?? {}),
      timestamp: event.timestamp ?? receivedAt,
      received_at: receivedAt,
    }),
  );
}

function flushWhenDue() {
  if (isInserting || rows.length === 0) {
    return;
  }
  if (rows.length >= FLUSH_EVENTS) {
    void flush();
  } else if (timer === null) {
    timer = setTimeout(flush, FLUSH_MS);
  }
}

async function flush() {
  clearTimeout(timer);
  timer = null;
  if (isInserting) {
    return;
  }
  isInserting = true;
  const batch = rows;
  rows = [];
  try {
    await session.insert({
      table: "freshet.events",
      values: Buffer.from(batch.join("\n")),
      format: "JSONEachRow",
      settings: { async_insert: 0 },
    });
    waiting -= batch.length;
  } catch (failure) {
    console.error(failure);
    process.exit(1);
  }
  isInserting = false;
  flushWhenDue();
}

function answer(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

function ingest(request, response) {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    let body;
    try {
      body = JSON.parse(chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString());
    } catch {
      answer(response, 400, '{"error":"invalid JSON"}');
      return;
    }
    const events = Array.isArray(body) ? body : [body];
    const receivedAt = Date.now();
    for (const event of events) {
      take(event, receivedAt);
    }
    waiting += events.length;
    flushWhenDue();
    answer(response, 202, `{"accepted":${events.length}}`);
  });
}

const server = createServer((request, response) => {
  if (request.method === "POST" && request.url === "/v1/events") {
    ingest(request, response);
  } else if (request.url === "/waiting") {
    answer(response, 200, String(waiting));
  } else if (request.url === "/count") {
    answer(response, 200, session.query("SELECT count(), min(timestamp), max(timestamp) FROM freshet.events", "TSV"));
  } else {
    answer(response, 404, "{}");
  }
});
server.listen(0, "127.0.0.1", () => console.log(`ready http://127.0.0.1:${server.address().port}`));
