/** The bar behind a row. Cut off rather than scaled, so that short bars have round corners, too. */
export function Bar({ share }: { share: number }) {
  return <span className="bar" style={{ clipPath: `inset(0 ${(1 - share) * 100}% 0 0 round 5px)` }} />;
}
