import { dictionary } from '@zxcvbn-ts/language-common'
import { expect, test } from 'vitest'
import { passwordFaults, worthOf } from './password-strength.ts'

const common = new Set(dictionary['passwords-common'])
const ownWords = ['alice.martin@example.com', 'alice.martin', 'alice', 'martin', 'kermor']
const faults = (password: string, minChars = 8) => passwordFaults(password, { minChars, common, ownWords })

test.each([
  'correct horse battery staple',
  'zK8$pQ2w',
  'xkqzvwrt',
  'tafel-vogel-ruisseau',
  'Correct-Horse-7!',
  'Better-Horse-8?',
  'Ünïcode et espaces 9 ?',
  'ลูกแมวสีส้มสามตัว',
  '正しい馬の電池ホッチキス',
  '😀🐴🔋📎🎈🚲🌧️🎺',
  '829461730528',
  ' leading and trailing ',
  'jb8Wq0Zt3nVc7XpLr2Yk5Hs9Df1Gm4Ba6QeUiOo',
  'Vq7-!'.padEnd(128, 'jb8Wq0Zt3nVc7XpLr2Yk5Hs9Df1Gm4Ba6QeUiOo'),
])('%s may be used', (password) => {
  expect(faults(password)).toEqual([])
})

test.each([
  'Password1!',
  'P@ssw0rd123',
  'Passw0rd!!',
  'Secret1!',
  'Admin@123',
  'Welcome1!',
  'Summer2024!',
  'azertyuiop',
  'qwertyuiop123',
  'motdepasse1',
  'Bonjour2024!',
  'hunter2hunter2',
  'contraseña',
  'Éléphant1!',
  'йцукенгш',
  'aA1!aA1!aA1!aA1!aA1!',
  'aaaaaaaaaaaaaaaaaaaa',
  'abcdefghijklmnop',
  '12345678901234567890',
  '19851207',
  'alice.martin1',
  'Alice-Martin-2024',
  'martinalice!!',
  'Kermor2026',
  'passwordpasswordpassword',
  '        ',
])('%s is too easy to guess', (password) => {
  expect(faults(password)).toEqual([expect.stringContaining('too easy')])
})

test('characters are counted as people do, and long or malformed input is refused for what it is', () => {
  expect(faults('aA1!😀😀')).toEqual(['must have at least 8 characters'])
  expect(faults('zK8$pQ2wzK', 15)).toEqual(['must have at least 15 characters'])
  expect(faults('é'.repeat(129))).toEqual(['must have at most 128 characters'])
  expect(faults('correct horse\n7')).toEqual(['must have no control characters'])
  expect(faults('correct horse \ud800')).toEqual(['must be text'])
})

test('a disguise adds little, and a word is not found where it only seems to be', () => {
  expect(worthOf('p4$$w0rd', { common, ownWords })).toBeLessThan(4)
  expect(worthOf('zk-word-zk', { common, ownWords })).toBeGreaterThan(6)
})
