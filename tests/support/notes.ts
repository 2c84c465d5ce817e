import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { id } from '../../shared/db/columns.ts'
import { onDuplicate } from '../../shared/db/rows.ts'
import { kernelTables } from '../../shared/db/tables.ts'
import { Problem } from '../../shared/errors/problem.ts'
import { json, ok, route } from '../../shared/http/route.ts'
import { Line } from '../../shared/http/schemas.ts'
import type { Context } from '../../shared/service/context.ts'
import { defineService } from '../../shared/service/service.ts'

const notes = mysqlTable('notes', {
  id: id('id', 'note').primaryKey(),
  name: varchar('name', { length: 20 }).notNull(),
})

const Note = z.object({ id: z.string(), name: z.string() }).openapi('Note')
const NewNote = z.strictObject({ name: Line(20) }).openapi('NewNote')

/** Where a test takes hold of an operation. */
export const hooks: {
  between?: () => Promise<void>
  beforeAnswer?: () => Promise<void>
  /** After the commit of either step. */
  afterCommit?: (ctx: Context, name: string) => Promise<void>
} = {}

async function createNote(ctx: Context, { name }: { name: string }): Promise<z.infer<typeof Note>> {
  const note = await ctx.transaction(async (tx) => {
    const row = { id: ctx.newId('note'), name }
    await tx.insert(notes).values(row).catch(onDuplicate({ notes_name: 'A note has this name already' }))
    tx.audit('note.created', row.id)
    return row
  })
  await hooks.beforeAnswer?.()
  return note
}

/** In two transactions, whose second takes up what the first left. */
async function createInSteps(ctx: Context, { name }: { name: string }): Promise<z.infer<typeof Note>> {
  const id = ctx.operationId.replace('op_', 'note_') as `note_${string}`
  await ctx.transaction((tx) => {
    tx.afterCommit(() => hooks.afterCommit?.(ctx, 'draft'))
    return tx.insert(notes).ignore().values({ id, name: 'draft' })
  })
  await ctx.outside(() => hooks.between?.() ?? Promise.resolve())
  await ctx.transaction((tx) => {
    tx.afterCommit(() => hooks.afterCommit?.(ctx, name))
    return tx.update(notes).set({ name }).where(eq(notes.id, id))
  })
  return { id, name }
}

const create = (operationId: string, path: string) =>
  route({
    operationId,
    method: 'post',
    path,
    summary: 'A note',
    tags: ['Notes'],
    access: 'public',
    idempotent: { by: (c) => c.req.header('x-visitor') },
    request: { body: json(NewNote) },
    responses: { 201: ok(Note) },
    problems: ['already_exists'],
  })

/** Of its body alone, read by the operation itself. */
const upload = route({
  operationId: 'uploadNote',
  method: 'post',
  path: '/uploaded-notes',
  summary: 'A note from a file',
  tags: ['Notes'],
  access: 'public',
  limits: 'streamed',
  idempotent: { by: (c) => c.req.header('x-visitor') },
  request: { body: { required: true, content: { 'text/plain': { schema: z.string() } } } },
  responses: { 201: ok(Note) },
})

async function createFromFile(ctx: Context, body: ReadableStream | null): Promise<z.infer<typeof Note>> {
  const draft = { id: ctx.newId('note'), name: 'upload' }
  await ctx.transaction((tx) => tx.insert(notes).values(draft))
  const name = await new Response(body).text()
  await hooks.between?.()
  await ctx.transaction((tx) => tx.delete(notes).where(eq(notes.id, draft.id)))
  if (!name) throw new Problem('validation_failed')
  return await createNote(ctx, { name })
}

/** The least service that writes something, for tests of the kernel. */
export const notesService = defineService<Context>({
  name: 'notes',
  summary: 'Notes',
  resources: ['notes', 'slow-notes', 'uploaded-notes'],
  tables: { notes, ...kernelTables },
  migrations: new URL('./notes-migrations/', import.meta.url),
  endpoints: [(app) => {
    app.openapi(upload, async (c) => c.json(await createFromFile(c.var.ctx, c.req.raw.body), 201))
    app.openapi(
      create('createNote', '/notes'),
      async (c) => c.json(await createNote(c.var.ctx, c.req.valid('json')), 201),
    )
    app.openapi(
      create('createSlowNote', '/slow-notes'),
      async (c) => c.json(await createInSteps(c.var.ctx, c.req.valid('json')), 201),
    )
  }],
})
