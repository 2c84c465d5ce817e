/** One JSON object a line. No address, token or body of a client belongs in it. */
export function logError(message: string, fields: Record<string, unknown>): void {
  console.error(JSON.stringify({ time: new Date().toISOString(), level: 'error', message, ...fields }))
}
