// A small fake of the service for the tests of the page: it serves the built
// page under the real content security policy, and enough of the API.
import { readFileSync, existsSync } from 'node:fs'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Alarm, Board, Note, Quarantined, Session } from '../../src/api/types'
import * as home from './home'

const web = fileURLToPath(new URL('../../../', import.meta.url))
const csp = readFileSync(join(web, 'csp.txt'), 'utf8').trim()
const kinds: Record<string, string> = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.svg': 'image/svg+xml' }

export class Service {
  residents = home.residents()
  gateways = home.gateways()
  alarms = new Map<number, Alarm>()
  quarantine: Quarantined[] = []
  notes: Note[] = []
  role: Session['role'] = 'nurse'
  /** Every displayed receipt: alarm and station. */
  receipts: string[] = []
  /** How often the board was read. */
  boards = 0
  pingMs = 3_000
  /** Silent: requests are taken and never answered, streams say nothing. */
  silent = false
  loggedIn = true
  url = ''
  readonly #server: Server
  readonly #streams = new Set<ServerResponse>()
  #pings: ReturnType<typeof setInterval> | undefined

  constructor() {
    this.#server = createServer((request, response) => void this.#route(request, response))
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    this.#pings = setInterval(() => this.event('ping', { now: new Date() }), this.pingMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#pings)
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  event(type: string, data: unknown): void {
    if (this.silent) return
    for (const stream of this.#streams) stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Ends every stream, as the service does when a session is over. */
  cut(): void {
    for (const stream of this.#streams) stream.end()
  }

  /** Makes an alarm, or a new state of one, known to every station. */
  set(alarm: Alarm): void {
    this.alarms.set(alarm.id, alarm)
    this.event('alarm', alarm)
  }

  board(): Board {
    const alarms = [...this.alarms.values()].filter((alarm) => alarm.state !== 'closed')
    const residents = this.residents.map((r) => ({ ...r, open_alarms: alarms.filter((a) => a.resident === r.id).map((a) => a.id) }))
    return { now: new Date().toISOString(), site: home.site, residents, alarms, gateways: this.gateways, little_worn: [] }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.silent) return
    const url = new URL(request.url ?? '/', this.url)
    if (!url.pathname.startsWith('/api/v1')) return this.#file(url.pathname, response)
    let text = ''
    for await (const chunk of request) text += chunk
    const body = text ? (JSON.parse(text) as Record<string, string>) : {}
    const path = url.pathname.slice('/api/v1'.length)
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
      response.end(JSON.stringify(value))
    }
    const refuse = (status: number, code: string, detail: string) => json(status, { status, code, detail, title: detail, hint: '' })

    if (path === '/session' && request.method === 'POST') {
      if (body.password !== 'right password') return refuse(401, 'not_logged_in', 'name or password is wrong')
      this.loggedIn = true
    }
    if (!this.loggedIn) return refuse(401, 'not_logged_in', 'nobody is logged in here')
    if (path === '/session' && request.method === 'DELETE') {
      this.loggedIn = false
      return void response.writeHead(204).end()
    }
    if (path === '/session') return json(200, { name: '李敏', role: this.role, language: 'zh-CN' } satisfies Session)
    if (path === '/board') {
      this.boards++
      return json(200, this.board())
    }
    if (path === '/events') return this.#stream(response)
    if (path === '/quarantine') return json(200, this.quarantine)
    if (path === '/alarms') {
      const wanted = url.searchParams.get('resident')
      return json(200, [...this.alarms.values()].filter((a) => !wanted || a.resident === wanted).sort((a, b) => b.id - a.id))
    }
    const readings = /^\/residents\/(\w+)\/readings$/.exec(path)
    if (readings) return json(200, home.series(readings[1] ?? '', url.searchParams))
    if (/^\/residents\/\w+\/notes$/.test(path)) return json(200, this.notes)
    const [, id, act] = /^\/alarms\/(\d+)(?:\/([\w-]+))?$/.exec(path) ?? []
    const alarm = this.alarms.get(Number(id))
    if (!alarm) return refuse(404, 'not_found', 'there is no such thing')
    if (!act) return json(200, alarm)
    const next = home.act(alarm, act, body)
    if (typeof next === 'string') return refuse(409, next, next)
    if (act === 'displayed') this.receipts.push(`${id} ${body.station}`)
    this.set(next)
    json(200, next)
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
    response.write(`event: hello\ndata: ${JSON.stringify({ now: new Date(), version: 'test', site: home.site })}\n\n`)
  }

  #file(path: string, response: ServerResponse): void {
    const asset = join(web, 'dist', path)
    const file = extname(path) && existsSync(asset) ? asset : join(web, 'dist/index.html')
    response.writeHead(200, { 'content-type': kinds[extname(file)] ?? 'application/octet-stream', 'content-security-policy': csp })
    response.end(readFileSync(file))
  }
}
