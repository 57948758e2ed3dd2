import { formatWindow } from "../format/times";
import type { EventType } from "../metric";
import type { Widget } from "./widget";

const nothing: Record<EventType, string> = {
  page_view: "No pages viewed",
  feature_used: "No features used",
  error_occurred: "No errors",
  conversion_step: "No steps reached",
};

/** Says in a sentence that there is nothing to list, and which events would appear here. */
export function BreakdownEmpty({ widget }: { widget: Widget }) {
  const eventType = widget.metric.kind === "breakdown" ? widget.metric.match.eventType : undefined;
  return (
    <div className="tile-empty" data-testid={`value-${widget.id}`} data-value={0}>
      <p>
        {eventType === undefined ? "Nothing" : nothing[eventType]} in the{" "}
        {formatWindow(widget.range.lastSeconds)}.
      </p>
      {eventType !== undefined && (
        <p className="caption">
          <code>{eventType}</code> events appear here as they arrive.
        </p>
      )}
    </div>
  );
}
