import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Line } from '../../../../shared/http/schemas.ts'
import { decodeFile } from './decode.ts'
import { ShopifyFile } from './file.ts'
import { CSV_PROBLEMS, type CsvProblem } from './types.ts'

const DATA = new URL('../../../../../shared/data/', import.meta.url)
const HEADER =
  'Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty'

/** A whole file at once, its problems by line. */
function readShopifyCsv(
  input: string | Uint8Array,
  { minorDigits = 2, charset = null }: { minorDigits?: number; charset?: string | null } = {},
) {
  const problems: CsvProblem[] = []
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : Uint8Array.from(input)
  const file = new ShopifyFile(
    decodeFile(bytes, charset),
    minorDigits,
    (line, handle, code, message) =>
      problems.push({ line, handle, severity: CSV_PROBLEMS[code], code, message }),
  )
  const products = Array.from({ length: file.open() }, (_, number) => file.product(number))
  return { products, problems: problems.sort((a, b) => a.line - b.line) }
}

const csv = (...lines: string[]) => lines.join('\n') + '\n'
const read = (...lines: string[]) => readShopifyCsv(csv(...lines))
const codes = (file: ReturnType<typeof read>) => file.problems.map(({ line, code }) => `${line} ${code}`)
const handles = (file: ReturnType<typeof read>) => file.products.map(({ handle }) => handle)
const only = (file: ReturnType<typeof read>) => {
  expect(file.products).toHaveLength(1)
  return file.products[0]!
}
const variantsOf = (file: ReturnType<typeof read>) => file.products.flatMap(({ variants }) => variants)
/** One product a value, each with `value` in `column`. */
const column = (name: string, values: string[], minorDigits = 2) =>
  readShopifyCsv(csv(`Handle;Title;${name}`, ...values.map((value, n) => `p${n};P${n};${value}`)), {
    minorDigits,
  })

const utf16 = (text: string, bigEndian = false) => {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let n = 0; n < text.length; n++) view.setUint16(n * 2, text.charCodeAt(n), !bigEndian)
  return bytes
}

// Counted with Python's csv module.
const REAL = [
  {
    name: 'shopify-apparel.csv',
    products: 20,
    variants: 22,
    images: 20,
    stock: 22,
    prices: 129_500,
    sale: 0,
  },
  {
    name: 'shopify-home-and-garden.csv',
    products: 20,
    variants: 21,
    images: 21,
    stock: 65,
    prices: 234_584,
    sale: 16,
  },
]

test.skipIf(!existsSync(DATA)).each(REAL)('$name is read whole, without a problem', (real) => {
  const file = readShopifyCsv(readFileSync(new URL(real.name, DATA)))
  const variants = variantsOf(file)
  const sum = (values: (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0)
  expect(file.problems).toEqual([])
  expect({
    name: real.name,
    products: file.products.length,
    variants: variants.length,
    images: file.products.flatMap(({ images }) => images).length,
    stock: sum(variants.map(({ quantity }) => quantity)),
    prices: sum(variants.map(({ price }) => price)),
    sale: variants.filter((variant) => variant.compare_at_price != null).length,
  }).toEqual(real)
  expect(variants.every((variant) => variant.tracked ?? variant.tracked_if_new)).toBe(true)
})

test.skipIf(!existsSync(DATA)).each(REAL)(
  '$name saved again by European Excel reads the same',
  ({ name }) => {
    const text = readFileSync(new URL(name, DATA), 'utf8').replaceAll('\r\n', '\n')
    const original = readShopifyCsv(text)
    expect(readShopifyCsv('\uFEFF' + text.replaceAll('\n', '\r\n'))).toEqual(original)
    expect(readShopifyCsv(text.replaceAll('\n', '\r'))).toEqual(original)
    expect(readShopifyCsv(new TextEncoder().encode('\uFEFF' + text))).toEqual(original)
    expect(readShopifyCsv(utf16('\uFEFF' + text))).toEqual(original)
    expect(readShopifyCsv(utf16('\uFEFF' + text, true))).toEqual(original)
    expect(readShopifyCsv(utf16(text))).toEqual(original)
  },
)

test('tab and semicolon separated files are read, also under the line sep=;', () => {
  const tabs = utf16('\uFEFFHandle\tTitle\tVariant Price\r\nmug\tMug, blue\t12,50\r\n')
  expect(only(readShopifyCsv(tabs))).toMatchObject({
    title: 'Mug, blue',
    variants: [{ price: 1250, line: 2 }],
  })
  const semicolons = read('sep=;', 'Handle;Title;Tags;Variant Price', 'mug;Mug;"a, b";1.299,00')
  expect(only(semicolons)).toMatchObject({ tags: ['a', 'b'], line: 3, variants: [{ price: 129_900 }] })
})

test('a file in Windows-1252 keeps its accents and says so', () => {
  const file = readShopifyCsv(new Uint8Array(Buffer.from('Handle,Title,Price\nthe,Thé vert,3\n', 'latin1')))
  expect(only(file).title).toBe('Thé vert')
  expect(codes(file)).toEqual(['1 encoding_guessed'])
})

test('line numbers are those of an editor after quoted newlines of every kind', () => {
  const text = `${HEADER}\r\nmug,Mug,"a\r\nb\nc",,,,5,1\r\n\r\npen,Pen,,,,,oops,1\r\n`
  const file = readShopifyCsv(text)
  expect(file.products.map(({ line }) => line)).toEqual([2, 6])
  expect(file.products[0]!.description_html).toBe('a\nb\nc')
  expect(codes(file)).toEqual(['6 amount_unreadable'])
})

test('the newer template is read, in any order, case and spacing, with metafield columns', () => {
  const file = read(
    'Color (product.metafields.shopify.color-pattern),inventory quantity,TITLE,url  HANDLE,Description,Product category,Status,SKU,Price,Compare-at price,Product image URL,Variant image URL,Option1 name,Option1 value,Option1 Linked To,Published on online store,Continue selling when out of stock,Weight value (grams),Weight unit for display,Charge tax,Requires shipping,Inventory tracker,Gift card,SEO title,SEO description,Cost per item,Barcode,Image alt text',
    'x,7,Mug,mug,<p>m</p>,Home > Mugs,Archived,M-1,10,12.5,https://x.test/a.png,https://x.test/b.png,Size,L,,TRUE,CONTINUE,250,kg,FALSE,false,shopify,FALSE,st,sd,4,0123,alt',
  )
  expect(file.problems).toEqual([])
  expect(only(file)).toEqual({
    handle: 'mug',
    title: 'Mug',
    description_html: '<p>m</p>',
    category: 'Home > Mugs',
    status: 'archived',
    gift_card: false,
    seo_title: 'st',
    seo_description: 'sd',
    describes_variants: true,
    options: [{ name: 'Size', values: ['L'] }],
    unnamed_options: [],
    option_columns: 1,
    variants: [{
      line: 2,
      options: ['L'],
      sku: 'M-1',
      barcode: '0123',
      price: 1000,
      compare_at_price: 1250,
      cost: 400,
      grams: 250,
      quantity: 7,
      tracked: true,
      tracked_if_new: true,
      oversell_allowed: true,
      requires_shipping: false,
      taxable: false,
      image_url: 'https://x.test/b.png',
    }],
    images: [{ url: 'https://x.test/a.png', position: 1, alt: 'alt' }],
    line: 2,
  })
})

test('of an old and a new column for the same thing the one filled in counts', () => {
  const file = read('Handle,URL handle,Title,Variant Inventory Qty,Inventory quantity', ',mug,Mug,,4')
  expect(variantsOf(file)[0]).toMatchObject({ quantity: 4 })
})

test('lines of a product are joined by handle, adjacent or not, options named on the first only', () => {
  const file = read(
    'Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant Price',
    'tee,Tee,Size,S,Color,Red,Fit,Slim,1',
    'pen,Pen,Title,Default Title,,,,,2',
    'tee,,,M,,Red,,Slim,3',
    'tee,,,M,,red,,Wide,3',
  )
  expect(handles(file)).toEqual(['tee', 'pen'])
  expect(file.products[0]!.options).toEqual([
    { name: 'Size', values: ['S', 'M'] },
    { name: 'Color', values: ['Red'] },
    { name: 'Fit', values: ['Slim', 'Wide'] },
  ])
  expect(file.products[0]!.variants.map(({ options }) => options.join())).toEqual([
    'S,Red,Slim',
    'M,Red,Slim',
    'M,Red,Wide',
  ])
  expect(file.products[1]).toMatchObject({ options: [], variants: [{ options: [] }] })
  expect(codes(file)).toEqual(['5 option_value_respelled'])
})

test('lines with only an image add to the gallery, in the order of their positions', () => {
  const file = read(
    'Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Image,Image Src,Image Position,Image Alt Text,Variant Taxable',
    'tee,Tee,Size,S,5,https://x.test/s.png,https://x.test/2.png,2,,TRUE',
    'tee,,,,,,https://x.test/1.png,1,front,TRUE',
    'tee,,,,,,https://x.test/2.png,,again,TRUE',
    'tee,,,,,,//x.test/3.png,,,TRUE',
    'tee,,,,,,photo.jpg,9,,TRUE',
  )
  expect(only(file).variants.map(({ image_url }) => image_url)).toEqual(['https://x.test/s.png'])
  expect(only(file).images).toEqual([
    { url: 'https://x.test/1.png', position: 1, alt: 'front' },
    { url: 'https://x.test/2.png', position: 2, alt: 'again' },
    { url: 'https://x.test/3.png', position: 3, alt: null },
  ])
  expect(codes(file)).toEqual(['6 image_url_invalid'])
})

test('image lines onto which the price was filled down make no variant', () => {
  const file = read(
    'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src',
    'tee,Tee,Size,S,T-S,5,https://x.test/1.png',
    'tee,,,,T-S,5,https://x.test/2.png',
  )
  expect(only(file)).toMatchObject({ variants: [{ line: 2 }], images: [{ position: 1 }, { position: 2 }] })
  expect(codes(file)).toEqual(['3 variant_fields_ignored'])
})

test('a variant without price is kept, without one', () => {
  const file = read(
    'Handle,Title,Option1 Name,Option1 Value,Variant Price',
    'tee,Tee,Size,S,5',
    'tee,,,M,',
    'pen,Pen,,,',
  )
  expect(variantsOf(file).map(({ price }) => price)).toEqual([500, undefined, undefined])
  expect(codes(file)).toEqual([])
})

test('amounts are read as people write them, to the minor unit', () => {
  const prices = [
    '1,299.00',
    '1.299,00',
    '12,50',
    '$12.50',
    '12.5',
    '0.07',
    '1 299,00 €',
    "CHF 1'299.50",
    '12,-',
    '0',
    '.5',
    '1,299',
    '1.299.000,10',
    '4.35',
  ]
  const file = column('Variant Price', prices)
  expect(variantsOf(file).map(({ price }) => price))
    .toEqual([
      129_900,
      129_900,
      1250,
      1250,
      1250,
      7,
      129_900,
      129_950,
      1200,
      0,
      50,
      129_900,
      129_900_010,
      435,
    ])
  expect(file.problems).toEqual([])
})

test('three digits are those of a currency that has as many, by the mark that most of the file has', () => {
  const prices = (...values: string[]) => {
    const file = column('Price', values, 3)
    return [...variantsOf(file).map(({ price }) => price), ...codes(file)]
  }
  expect(prices('12,500', '7,900')).toEqual([12_500, 7_900])
  expect(prices('12.500', '7.900', '1,299')).toEqual([12_500, 7_900, 1_299_000])
  expect(prices('1.250', '1,250')).toEqual([1_250, 1_250_000, '3 amount_ambiguous'])
})

test('amounts that cannot be are left out, amounts that are unclear are reported', () => {
  expect(codes(column('Variant Price', ['-5', 'free', '1,2,3', '9.999'])))
    .toEqual(['2 amount_unreadable', '3 amount_unreadable', '4 amount_unreadable', '5 amount_ambiguous'])
  expect(variantsOf(column('Price', ['1.299', '12,50'])).map(({ price }) => price)).toEqual([129_900, 1250])
  const rounded = column('Price', ['12.4950001', '12.50'])
  expect([variantsOf(rounded)[0]!.price, ...codes(rounded)]).toEqual([1250, '2 amount_rounded'])
})

test('amounts follow the minor digits of the currency', () => {
  expect(variantsOf(column('Price', ['1,299', '1.299', '1299.00'], 0)).map(({ price }) => price)).toEqual([
    1299,
    1299,
    1299,
  ])
  expect(variantsOf(column('Price', ['1.299', '12'], 3)).map(({ price }) => price)).toEqual([1299, 12_000])
})

test('a compare-at price not above the price is left out', () => {
  const file = read('Handle,Title,Price,Compare-at price', 'a,A,10,8', 'b,B,10,12', 'c,C,10,', 'd,D,10,0.00')
  expect(variantsOf(file).map((variant) => variant.compare_at_price)).toEqual([null, 1200, null, null])
  expect(codes(file)).toEqual(['2 compare_at_too_low'])
})

test('quantities come out whole and not negative', () => {
  const file = read(
    'Handle,Title,Price,Variant Inventory Qty',
    ...['', '-3', '"1,234"', '3.0', '3.5', 'many', '7'].map((quantity, n) => `p${n},P,1.00,${quantity}`),
  )
  expect(variantsOf(file).map(({ quantity }) => quantity)).toEqual([undefined, 0, 1234, 3, 3, undefined, 7])
  expect(codes(file)).toEqual(['3 quantity_negative', '6 quantity_rounded', '7 quantity_unreadable'])
})

test('stock is tracked by a tracker or by a quantity, except the 0 of what is not shipped', () => {
  const file = read(
    'Handle,Title,Price,Variant Inventory Tracker,Variant Inventory Qty,Variant Requires Shipping,Variant Inventory Policy',
    'a,A,1,shopify,,true,deny',
    'b,B,1,,5,true,continue',
    'c,C,1,,0,true,',
    'd,D,1,,0,false,deny',
    'e,E,1,,,true,deny',
  )
  expect(variantsOf(file).map(({ tracked }) => tracked)).toEqual([
    true,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(variantsOf(file).map((variant) => variant.tracked ?? variant.tracked_if_new))
    .toEqual([true, true, true, false, false])
  expect(variantsOf(file).map((variant) => variant.oversell_allowed)).toEqual([
    false,
    true,
    undefined,
    false,
    false,
  ])
})

test('grams are grams whatever the unit column says; a weight follows its unit', () => {
  const grams = read(
    'Handle,Title,Price,Variant Grams,Variant Weight Unit',
    'a,A,1,500,kg',
    'b,B,1,,lb',
    'c,C,1,453.59,lb',
  )
  expect(variantsOf(grams).map((variant) => variant.grams)).toEqual([500, undefined, 454])
  const weights = read(
    'Handle,Title,Price,Variant Weight,Variant Weight Unit',
    'a,A,1,0.5,kg',
    'b,B,1,1,lb',
    'c,C,1,2oz,g',
  )
  expect(variantsOf(weights).map((variant) => variant.grams)).toEqual([500, 454, 57])
})

test('booleans are read in any case and as Excel translates them; gift cards neither ship nor are taxed', () => {
  const file = read(
    'Handle,Title,Price,Variant Taxable,Variant Requires Shipping,Gift Card',
    'a,A,1,FALSE,True,false',
    'b,B,1,WAHR,faux,',
    'c,C,1,,,',
    'd,D,1,,,TRUE',
    'e,E,1,maybe,true,',
  )
  expect(variantsOf(file).map(({ taxable, requires_shipping }) => [taxable, requires_shipping]))
    .toEqual([[false, true], [true, false], [undefined, undefined], [false, false], [undefined, true]])
  expect(file.products.map((product) => product.gift_card)).toEqual([false, false, false, true, false])
  expect(codes(file)).toEqual(['6 value_unknown'])
})

test('what the shop did not show does not become active', () => {
  const rows = [
    ',',
    'true,',
    'FALSE,',
    'TRUE,active',
    'true,Draft',
    'true,ARCHIVED',
    'FALSE,active',
    'true,unlisted',
  ]
  const file = read('Handle,Title,Price,Published,Status', ...rows.map((row, n) => `p${n},P,1,${row}`))
  expect(file.products.map(({ status }) => status))
    .toEqual([undefined, 'active', 'draft', 'active', 'draft', 'archived', 'draft', 'draft'])
  expect(codes(file)).toEqual(['8 not_published', '9 status_unknown'])
})

test('tags are split and told apart without case', () => {
  expect(only(read('Handle,Title,Price,Tags', 'a,A,1," new, Sale,,new,sale "')).tags).toEqual(['new', 'Sale'])
})

test("barcodes keep their text; Excel's marks are reported", () => {
  const file = read(
    'Handle,Title,Price,Barcode',
    "a,A,1,'0123456789012",
    'b,B,1,1.23457E+12',
    'c,C,1,"=""00123"""',
    'd,D,1,00123',
  )
  expect(variantsOf(file).map(({ barcode }) => barcode)).toEqual([
    '0123456789012',
    '1.23457E+12',
    '00123',
    '00123',
  ])
  expect(codes(file)).toEqual(['2 excel_text_marker', '3 scientific_notation', '4 excel_text_marker'])
})

test('variants with the same SKU, or none, are all kept', () => {
  const file = read('Handle,Title,Price,SKU', 'a,A,1,X', 'b,B,1,', 'c,C,1,x', 'd,D,1,X', 'e,E,1,')
  expect(variantsOf(file).map(({ sku }) => sku)).toEqual(['X', undefined, 'x', 'X', undefined])
  expect(codes(file)).toEqual(['4 sku_repeated', '5 sku_repeated'])
})

test('a combination of options given twice is left out the second time', () => {
  const file = read(HEADER, 'tee,Tee,,Size,S,A,1,1', 'tee,,,,S,B,2,1', 'tee,,,,M,C,3,1')
  expect(only(file).variants.map(({ sku }) => sku)).toEqual(['A', 'C'])
  expect(file.problems).toMatchObject([{
    line: 3,
    handle: 'tee',
    severity: 'error',
    code: 'duplicate_variant',
  }])
})

test('values without an option name, and variants without a value, are kept', () => {
  const file = read('Handle,Title,Option1 Name,Option1 Value,Price', 'a,A,,S,1', 'a,,,,2')
  expect(only(file)).toMatchObject({
    options: [{ name: 'Option 1', values: ['S', 'Default'] }],
    variants: [{}, { options: ['Default'] }],
  })
  expect(codes(file)).toEqual(['2 option_name_missing', '3 option_value_missing'])
})

test('a product without a handle is known by its title, a line with neither is left out', () => {
  const file = read(
    'Handle,Title,Price',
    ',Thé Vert & Co,3',
    ',,4',
    'Blue Mug,Mug,5',
    ',Blue mug,6',
    'blue-mug,,',
  )
  expect(handles(file)).toEqual(['thé-vert-&-co', 'blue-mug'])
  expect(codes(file)).toEqual([
    '2 handle_derived',
    '3 handle_missing',
    '5 conflicting_value',
    '5 duplicate_variant',
  ])
  expect(handles(read('Title,Price', 'Mug,1', 'Pen,2'))).toEqual(['mug', 'pen'])
})

test('the title may come on a later line, or not at all', () => {
  const file = read(
    'Handle,Title,SKU,Price,Option1 Name,Option1 Value',
    'tee,,A,1,Size,S',
    'tee,Tee,B,2,,M',
    'red-pen,,C,3,,',
    'stray,,,,,',
  )
  expect(file.products.map(({ title }) => title)).toEqual(['Tee', undefined, undefined])
  expect(codes(file)).toEqual([])
})

test('product values that differ on a later line are reported, the first is kept', () => {
  const file = read(
    'Handle,Title,Vendor,Option1 Name,Option1 Value,Price',
    'a,A,V,Size,S,1',
    'a,B,W,,M,2',
    'a,A,V,,L,3',
  )
  expect(only(file)).toMatchObject({ title: 'A', vendor: 'V' })
  expect(file.problems).toMatchObject([{
    line: 3,
    code: 'conflicting_value',
    message: expect.stringContaining('title, vendor'),
  }])
})

test('ragged lines are kept, blank lines and trailing columns passed over', () => {
  const file = read('Handle,Title,Price,,', 'a,A', 'b,B,2,,,,', 'c,C,3,,,more', ',,,,', '')
  expect(handles(file)).toEqual(['a', 'b', 'c'])
  expect(codes(file)).toEqual(['2 too_few_fields', '4 too_many_fields'])
})

test('an unclosed quote is reported on its line and takes only its own record with it', () => {
  const end = read(HEADER, 'a,A,,,,,1,1', 'b,B,"<p>open,,,,2,1')
  expect([handles(end), codes(end)]).toEqual([['a'], ['3 unclosed_quote']])
  const middle = read(
    HEADER,
    'a,A,"x\ny",,,,1,1',
    'b,B,"open',
    'more,text',
    'c,C,"fine, ""too""",,,,2,1',
    'd,D,,,,,3,1',
  )
  expect([handles(middle), codes(middle)]).toEqual([['a', 'c', 'd'], ['4 unclosed_quote']])
  expect(middle.problems[0]!.message).toContain('lines 4 to 5')
  expect(middle.products.map(({ line }) => line)).toEqual([2, 6, 7])
})

test('an unclosed quote does not join its record to the next one', () => {
  const file = read(HEADER, 'a,A,"open ""x"",,,,1,1', 'b,B,"ok",,,,2,1', 'c,C,x,,,,3,1')
  expect([handles(file), codes(file)]).toEqual([['b', 'c'], ['2 unclosed_quote']])
})

test('quotes within a field and blanks around quotes do not lose the line', () => {
  const file = read(
    HEADER,
    'tv,5" TV,"a\nb",,,,1,1',
    'pc, "PC, big",x,,,,2,1',
    'tv2,"6" TV","c\nd",,,,3,1',
    'e,E,,,,,4,1',
  )
  expect(file.products.map(({ title, line }) => [title, line])).toEqual([['5" TV', 2], ['PC, big', 4], [
    '"6" TV"',
    5,
  ], ['E', 7]])
  expect(codes(file)).toEqual(['2 stray_quote', '5 stray_quote'])
})

test('a header in the middle of the file is skipped', () => {
  const file = read('Handle,Title,Price', 'a,A,1', 'Handle,Title,Price', 'b,B,2')
  expect([handles(file), codes(file)]).toEqual([['a', 'b'], ['3 header_repeated']])
})

test('an empty file and a file of something else give an error, not products', () => {
  expect(readShopifyCsv('')).toMatchObject({
    products: [],
    problems: [{ line: 1, code: 'file_empty' }],
  })
  expect(read('name,colour', 'a,b')).toMatchObject({
    products: [],
    problems: [{ line: 1, severity: 'error', code: 'header_unknown' }],
  })
})

test('broken quotes on every line of a long file take only their own records with them', () => {
  const open = Array.from({ length: 2_000 }, (_, n) => `p${n},T${n},"open ${n},,,,5,5`)
  const inches = Array.from({ length: 2_000 }, (_, n) => `p${n},5" TV,,,,,5,5`)
  expect(read(HEADER, ...open).products).toEqual([])
  expect(read(HEADER, ...inches).products).toHaveLength(2_000)
})

test('what a file has no column for, or leaves blank, is not told', () => {
  const [told] = read('Handle,Title,Tags,Variant Compare At Price,Vendor', 'mug,Mug,,,').products
  expect(JSON.parse(JSON.stringify(told))).toEqual({
    line: 2,
    handle: 'mug',
    title: 'Mug',
    tags: [],
    gift_card: false,
    options: null,
    unnamed_options: [],
    option_columns: 0,
    describes_variants: false,
    variants: [{ line: 2, options: [], compare_at_price: null, tracked_if_new: false }],
    images: [],
  })
})

test('without option columns variants are told apart by their codes', () => {
  const file = read('Handle,SKU,Price', 'tee,T-S,1', 'tee,T-M,2', 'tee,T-S,3', 'tee,,4')
  expect(only(file)).toMatchObject({ options: null, describes_variants: true })
  expect(variantsOf(file).map(({ sku, price }) => [sku, price])).toEqual([['T-S', 100], ['T-M', 200], [
    undefined,
    400,
  ]])
  expect(codes(file)).toEqual(['4 duplicate_variant'])
  expect(only(read('Handle,Option1 Name,Option1 Value,Price', 'a,Title,Default Title,1')).options).toEqual([])
})

test('what differs for people stays apart: accents, signs, emoji', () => {
  const names = ['noël', 'noel', 'c', 'c++', 'c#', '🎁', '🔥', 'Noe\u0308l', 'My Mug', 'my-mug']
  expect(handles(read('Handle,Title', ...names.map((name) => `${name},T`))))
    .toEqual(['noël', 'noel', 'c', 'c++', 'c#', '🎁', '🔥', 'my-mug'])
})

test('control characters and line breaks become blanks and are reported; in a code they are refused', () => {
  const file = read('Handle,Title,SKU,Tags', 'a,"M\u0000u\ng\u00ad",A\u0007B,"x\ny,z"')
  expect(only(file)).toMatchObject({ title: 'M u g', tags: ['x y', 'z'], variants: [{ sku: undefined }] })
  expect(codes(file).sort()).toEqual(['2 characters_replaced', '2 characters_replaced', '2 value_refused'])
})

test('one stray byte changes one character, and its line is named', () => {
  const text = Buffer.from('Handle,Title\nthe,Thé vert\nmug,M\u0001g crème brûlée\n')
  text[text.indexOf(1)] = 0xff
  const file = readShopifyCsv(text)
  expect(file.products.map(({ title }) => title)).toEqual(['Thé vert', 'M�g crème brûlée'])
  expect(codes(file)).toEqual(['3 bytes_replaced'])
})

test('what the sender says of the encoding counts, but for a byte order mark', () => {
  const greek = new Uint8Array([...Buffer.from('Handle,Title\na,'), 0xe1, 0xe2])
  expect(only(readShopifyCsv(greek, { charset: 'iso-8859-7' })).title).toBe('αβ')
  expect(only(readShopifyCsv(utf16('\uFEFFHandle,Title\na,é'), { charset: 'iso-8859-1' })).title).toBe('é')
})

/** 0.4 MB of each: a reader that is quadratic in any of them needs minutes. */
const BROKEN: Record<string, (n: number) => string> = {
  'quotes that are never closed': (n) => `p${n},T${n},"open ${n},,,,5,5`,
  'inches': (n) => `p${n},5" TV,,,,,5,5`,
  'quotes in pairs': (n) => `p${n},"x""y""`,
  'records without an end': () => 'b","c',
  'titles that make the same slug': (n) => `,A${'!'.repeat(n % 50)},,,,,1,1`,
  'prices of letters': (n) => `p${n},T,,,,,1${'a'.repeat(50)}1,1`,
  'long blanks': (n) => `p${n},T${' '.repeat(400)}x,,,,,1,1`,
  'empty lines': () => '',
}

test.each([
  ['without a name', '', 300_000],
  ['of one name', 'Price', 150_000],
])('columns %s cost nothing for each line', (_, name, columns) => {
  const lines = Array.from({ length: 5_000 }, (_, n) => `p${n},T`)
  const file = read(`Handle,Title${`,${name}`.repeat(columns)}`, ...lines)
  expect(file.products).toHaveLength(5_000)
})

test.each(Object.entries(BROKEN))('%s cost no more than other lines', (_, line) => {
  const lines = Array.from({ length: Math.ceil(400_000 / (line(1).length + 1)) }, (_, n) => line(n))
  expect(readShopifyCsv([HEADER, ...lines].join('\n')).products.length).toBeLessThanOrEqual(lines.length)
})

test('joiners that are part of how a word or an emoji is written stay, as in the API', () => {
  const title = 'می\u200cخواهم 👩\u200d💻 ❤\ufe0f'
  expect(only(read('Handle,Title', `a,so\u00adft \u202e${title}`)).title).toBe(`soft ${title}`)
  expect(Line(255).parse(`so\u00adft \u202e${title}`)).toBe(`soft ${title}`)
})
