/** The product's mark and name. */
export function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="wordmark-ground" />
        <path d="M5 20.5c3.7 0 3.7-4 7.3-4s3.7 4 7.4 4 3.6-4 7.3-4" className="wordmark-wave" />
        <path
          d="M5 13.5c3.7 0 3.7-4 7.3-4s3.7 4 7.4 4 3.6-4 7.3-4"
          className="wordmark-wave wordmark-wave-far"
        />
      </svg>
      Freshet
    </span>
  );
}
