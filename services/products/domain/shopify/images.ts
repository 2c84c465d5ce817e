import type { Line } from './line.ts'
import type { CsvImage } from './types.ts'

/** An absolute http(s) address, or null and a warning. */
function address(line: Line, text: string): string | null {
  const url = text.startsWith('//') ? `https:${text}` : text
  if (/^https?:\/\/\S+$/i.test(url) && URL.canParse(url)) return url
  line.warn('image_url_invalid', `${text.slice(0, 200)} is no web address: image left out`)
  return null
}

export function variantImage(line: Line): string | undefined {
  const text = line.text('variant_image')
  return text ? address(line, text) ?? undefined : undefined
}

/** Some people put several addresses in one cell; an address may itself hold a comma. */
const addresses = (line: Line) =>
  line.text('image_url').split(/[\s,;|](?=(?:https?:)?\/\/)/).map((text) =>
    text.trim().replace(/[,;|]$/, '').trim()
  )
    .filter(Boolean)

function givenPosition(line: Line): number | null {
  const text = line.text('image_position')
  if (!text) return null
  if (/^[1-9]\d{0,5}(?:[.,]0+)?$/.test(text)) return Number.parseInt(text, 10)
  line.warn('image_position_invalid', `position ${text} is no positive number: placed in the file's order`)
  return null
}

/**
 * The gallery in its order. The same address counts once. An image without a position, or with one already taken,
 * comes after all others.
 */
export function readImages(lines: Line[]): CsvImage[] {
  const byUrl = new Map<string, CsvImage>()
  const taken = new Set<number>()
  const unplaced: CsvImage[] = []
  for (const line of lines) {
    if (!line.text('image_url')) continue
    let position = givenPosition(line)
    for (const text of addresses(line)) {
      const url = address(line, text)
      const known = url && byUrl.get(url)
      const alt = line.text('image_alt') || null
      if (known) known.alt ??= alt
      if (!url || known) continue
      const image = { url, position: position ?? 0, alt }
      byUrl.set(url, image)
      if (position === null || taken.has(position)) unplaced.push(image)
      else taken.add(position)
      position = null
    }
  }
  let last = 0
  for (const position of taken) last = Math.max(last, position)
  for (const image of unplaced) image.position = ++last
  return [...byUrl.values()].sort((a, b) => a.position - b.position)
}
