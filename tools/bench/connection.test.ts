import { expect, test } from 'vitest'
import { parseReply } from './connection.ts'

const bytes = (text: string) => Buffer.from(text)

test('a reply with a length is whole when its last byte is there', () => {
  const reply = 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello'
  expect(parseReply(bytes(reply))).toMatchObject({ status: 404, end: reply.length })
  expect(parseReply(bytes(reply.slice(0, -1)))).toBeUndefined()
  expect(parseReply(bytes(reply.slice(0, 30)))).toBeUndefined()
})

test('a chunked reply is whole at its empty chunk', () => {
  const reply = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
  expect(parseReply(bytes(reply))).toMatchObject({ status: 200, end: reply.length })
  for (const cut of [1, 3, 8, 13]) expect(parseReply(bytes(reply.slice(0, -cut)))).toBeUndefined()
})

test('a reply without a body ends with its head', () => {
  const reply = 'HTTP/1.1 204 No Content\r\ndate: today\r\n\r\n'
  expect(parseReply(bytes(`${reply}HTTP/1.1 200`))).toMatchObject({ status: 204, end: reply.length })
})
