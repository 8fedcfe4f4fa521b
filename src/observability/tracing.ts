/** The attributes of an operation in a trace. Never contain variables, a document or a token. */
interface TracedOperation {
  readonly operationName: string | undefined;
  readonly type: string | undefined;
  readonly documentHash: string;
  readonly outcome: string;
  readonly requestId: string;
}

export interface RequestSpan {
  /** Does something as a part of the request. */
  within<Result>(work: () => Result): Result;
  /** Once it has been answered. */
  end(status: number): void;
}

/** Traces where the time of a request goes. */
export interface Tracing {
  /** Begins the span of a request, in the trace that it came with (W3C Trace Context) if that is taken up. */
  beginRequest(request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }): RequestSpan;
  /** Does something in a span of an operation. */
  operation<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Does something in a span of a statement, whose text holds no values. */
  statement<Result>(text: string, work: () => Promise<Result>): Promise<Result>;
  /** Describes the current operation. */
  describe(operation: TracedOperation): void;
  /** Sends what is left, and traces no more. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** Where spans are sent, by OTLP over HTTP. */
  readonly url: string;
  readonly serviceName: string;
  /** Whether requests are followed in the trace that they came with. */
  readonly continuesTraces: boolean;
}
