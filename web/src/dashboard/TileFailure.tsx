type TileFailureProps = { code: string; message: string; retry?: () => void };

/** What went wrong with one tile, in the server's words. */
export function TileFailure({ code, message, retry }: TileFailureProps) {
  return (
    <div className="tile-failure" role="alert" data-code={code}>
      <p>{message}</p>
      <p className="tile-failure-code">
        <code>{code}</code>
        {retry !== undefined && (
          <button type="button" className="quiet-button" onClick={retry}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}
