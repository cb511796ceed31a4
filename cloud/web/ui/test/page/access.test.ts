// R1: the pages are usable by everybody, in both languages and both colour schemes.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alarm, signal } from '../alarm'
import { launch, open, violations } from './browser'
import { Service } from './service'

const service = new Service()
const fall = alarm({
  id: 1,
  resident: 'r0',
  decided_at: '2026-11-22T02:13:09Z',
  evidence: {
    rule: 'fall-wrist/2', metric: '', unit: '', value: 3.4, limit: 1.6, clock: 'synced', hash: '1f3a9c02',
    features: [{ name: 'peak', value: 3.4, unit: '[g]' }], limits: [{ name: 'limit', value: 0.5, unit: '1' }], signal: signal(),
  },
})
let browser: Browser

beforeAll(async () => {
  service.role = 'admin'
  service.quarantine = [{ id: 1, at: '2026-11-22T02:00:00Z', gateway: 'gw-3f', topic: 'osmanthus/v1/home/gw-3f/live', reason: 'wire: truncated', bytes: 211 }]
  const mark = { by: '李敏', at: '2026-11-22T02:14:00Z', station: '2F' }
  service.notes = [
    { id: 9, kind: 'drift', onset: mark.at, decided_at: mark.at, source: 'bed-1', evidence: { rule: 'drift/1', metric: 'respiratory_rate', unit: '/min', value: 19.2, limit: 15.8, features: [], hash: '', clock: '', limits: [] } },
  ]
  service.alarms.set(1, fall)
  service.alarms.set(2, alarm({ id: 2, resident: 'r1', priority: 'medium', kind: 'early_warning', respond_by: new Date(Date.now() + 1_500_000).toISOString(), evidence: { rule: 'vital/1', metric: 'spo2', unit: '%', value: 84, limit: 88, features: [], hash: '', clock: '', limits: [] } }))
  service.alarms.set(3, alarm({ id: 3, resident: 'r4', priority: 'low', kind: 'source_stale', technical: true }))
  service.alarms.set(4, alarm({ id: 4, state: 'suspected', ringing: false }))
  service.alarms.set(5, alarm({ id: 5, state: 'closed', ringing: false, closed: { ...mark, by_kind: 'person', resolution: 'helped', note: '', override_reason: 'the button is broken' } }))
  await service.start()
  browser = await launch()
})

afterAll(async () => {
  await browser.close()
  await service.stop()
})

const pages = ['/', '/residents/r0', '/residents/nobody', '/alarms', '/alarms/1', '/alarms/5', '/gateways']

describe.each([
  { locale: 'zh-CN', colorScheme: 'light' as const },
  { locale: 'en-GB', colorScheme: 'dark' as const },
])('$locale, $colorScheme', (options) => {
  test.each(pages)('%s: axe finds nothing, and the page keeps its own policy', async (path) => {
    const { context, page, complaints } = await open(browser, service.url + path, { ...options, reducedMotion: 'reduce' })
    await page.waitForSelector('[data-link=ok]')
    await page.waitForFunction(() => !document.querySelector('[data-testid=chart][data-points="0"]'))
    expect(await violations(page)).toEqual([])
    expect(await page.getAttribute('html', 'lang')).toBe(options.locale === 'zh-CN' ? 'zh-CN' : 'en')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('the log-in and the close dialog: axe finds nothing', async () => {
    const { context, page } = await open(browser, `${service.url}/alarms/5`, options)
    await page.goto(`${service.url}/alarms/1`)
    await page.click('[data-act=acknowledge]')
    await page.click('[data-act=on-site]')
    await page.click('[data-act=close]')
    await page.waitForSelector('dialog[open]')
    expect(await violations(page)).toEqual([])
    service.loggedIn = false
    await page.goto(service.url)
    await page.waitForSelector('form')
    expect(await violations(page)).toEqual([])
    service.loggedIn = true
    service.alarms.set(1, fall)
    await context.close()
  })
})

test('D7: an alarm with a clock says until when somebody must be there, and when nobody was', async () => {
  const late = service.alarms.get(2)
  if (late) service.set({ ...late, respond_by: new Date(Date.now() + 25 * 60_000).toISOString() })
  const { context, page } = await open(browser, `${service.url}/alarms/2`, { locale: 'en-GB' })
  expect(await page.textContent('[data-testid=respond-by]')).toMatch(/Be there by \d\d:\d\d, in 2[45] min/)
  if (late) service.set({ ...late, respond_by: new Date(Date.now() - 120_000).toISOString() })
  await page.getByText(/Nobody was there by \d\d:\d\d, 2 min ago/).first().waitFor()
  await context.close()
})

test('D10: an alarm shows the signal around it, and a resident what changed slowly', async () => {
  const { context, page } = await open(browser, `${service.url}/alarms/1`, { locale: 'en-GB' })
  await page.waitForSelector('[data-testid=signal] canvas')
  expect(await page.getAttribute('[data-testid=signal]', 'data-samples')).toBe('300')
  expect(await page.getAttribute('[data-testid=signal] [role=img]', 'aria-label')).toContain('Acceleration x, Acceleration y, Acceleration z: from -0.45 to 3.3 g')
  await page.click('summary')
  expect(await page.textContent('details')).toContain('1f3a9c02')
  await page.goto(`${service.url}/residents/r0`)
  expect(await page.textContent('[data-testid=notes]')).toContain('Breathing rate: 19.2 /min, usually 15.8 /min')
  await context.close()
})

test.each([
  [1280, 100],
  [1280, 200],
  [390, 100],
  [390, 200],
])('at %i pixels and %i percent text nothing is cut off or needs scrolling sideways', async (width, percent) => {
  for (const locale of ['zh-CN', 'en-GB']) {
    const { context, page } = await open(browser, service.url, { locale, viewport: { width, height: 800 } })
    for (const path of pages) {
      await page.goto(service.url + path)
      await page.waitForSelector('[data-link=ok]')
      await page.evaluate((p) => (document.documentElement.style.fontSize = `${p}%`), percent)
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth > innerWidth
          ? [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.tagName}.${e.className}`)
          : [],
      )
      expect(wide, `${locale} ${path}`).toEqual([])
      const cut = await page.$$eval('button, h1, h2, h3, strong', (all) =>
        all.filter((e) => !e.closest('.sr') && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map((e) => e.textContent),
      )
      expect(cut, `${locale} ${path}`).toEqual([])
    }
    await context.close()
  }
})
