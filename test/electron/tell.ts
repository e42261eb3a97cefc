/** What the stand-in tells the test unasked. */
export type Told =
  | { kind: 'frame'; window: number; document: number; frame: unknown }
  | { kind: 'second-instance'; argv: string[]; directory: string }
  | { kind: 'error-box'; title: string; content: string }

export function tell(told: Told): void {
  process.send?.({ told })
}
