// A headless browser for the tests of the page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Starts Debian's Chromium, or the one that CHROMIUM names. */
export function launch(...more: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
  })
}

/**
 * A browser that lets no sound out before a click, a touch or a key. Chromium does so by itself,
 * but takes every look of the tests into the page for a click.
 */
function keepSuspended(): void {
  let clicked = false
  const activates = (event: Event) => (clicked ||= event.isTrusted)
  // HTML, "activation triggering input event": a finger activates when it is lifted.
  addEventListener('keydown', (event) => event.key === 'Escape' || activates(event), true)
  addEventListener('pointerdown', (event) => event.pointerType === 'mouse' && activates(event), true)
  addEventListener('pointerup', (event) => event.pointerType !== 'mouse' && activates(event), true)
  globalThis.AudioContext = class extends AudioContext {
    constructor() {
      super()
      void this.suspend()
    }

    override resume(): Promise<void> {
      return clicked ? super.resume() : Promise.reject(new DOMException('not allowed', 'NotAllowedError'))
    }
  }
}

export interface View {
  context: BrowserContext
  page: Page
  /** What the page complained about: errors and refusals of its policy. */
  complaints: string[]
}

/** Opens `url` in a fresh profile. */
export async function open(browser: Browser, url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<View> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Asia/Shanghai', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (err) => complaints.push(err.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) complaints.push(message.text())
  })
  await context.addInitScript(keepSuspended)
  await page.goto(url)
  return { context, page, complaints }
}

/** The violations that axe finds, in short. */
export async function violations(page: Page): Promise<string[]> {
  // By the DevTools protocol, which the page's policy does not bind.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }
    const { violations } = await axe.run()
    return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`))
  })
}
