/**
 * Where windows are real: Chromium, driven from the test's process (chromium.ts). This side says what becomes of a window, that side tells what
 * its page does (outside.ts). Without it a page is its preload script alone.
 */
export type ScreenCommand =
  | { do: 'load'; window: number; url: string; size: { width: number; height: number }; preload: string | undefined }
  | { do: 'reload'; window: number }
  /** A message to the page, for one document and nobody after it. */
  | { do: 'send'; window: number; document: string; channel: string; values: unknown[] }
  /** As the person closes it: its page may ask to stay. */
  | { do: 'close'; window: number }
  | { do: 'destroy'; window: number }

export const onScreen = process.env['STAND_IN_SCREEN'] === 'chromium'

export function screen(command: ScreenCommand): void {
  process.send?.({ screen: command })
}
