/** Has the browser save a file under a name; it asks where, or puts it where downloads go. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  // No path, and nothing that some system does not take in a name.
  link.download = name.replace(/[^\p{L}\p{N} ._-]+/gu, '_').slice(-120)
  link.click()
  // The browser has its hands on the content once the click was dealt with.
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, 60_000)
}
