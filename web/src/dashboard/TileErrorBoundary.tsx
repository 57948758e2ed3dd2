import { Component, type ReactNode } from "react";
import { TileFailure } from "./TileFailure";

type TileErrorBoundaryProps = { widgetId: string; children: ReactNode };

/** Keeps a fault in the rendering of one tile from taking the page along. */
export class TileErrorBoundary extends Component<TileErrorBoundaryProps, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <TileFailure
        code="display_failed"
        message={this.state.error.message}
        retry={() => {
          this.setState({ error: undefined });
        }}
      />
    );
  }
}
