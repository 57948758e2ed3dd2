type HeadlineProps = {
  widgetId: string;
  /** The number itself, for tests and scripts; undefined where there is none. */
  value: number | undefined;
  text: string;
  unit?: string;
  /** The value in full, where the text is shortened. */
  title?: string;
};

/** The number of a tile. Its slot has a fixed height and its figures a fixed width, so that nothing jumps. */
export function Headline({ widgetId, value, text, unit, title }: HeadlineProps) {
  return (
    <p className="headline" title={title}>
      <span data-testid={`value-${widgetId}`} data-value={value}>
        {text}
      </span>
      {unit !== undefined && <span className="headline-unit">{unit}</span>}
    </p>
  );
}
