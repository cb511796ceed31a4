// R1: the pages are usable by everybody, in both languages and both colour schemes.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alarm } from '../alarm'
import { launch, open, violations } from './browser'
import { Service } from './service'

const service = new Service()
let browser: Browser

beforeAll(async () => {
  service.role = 'admin'
  service.quarantine = [{ id: 1, at: '2026-11-22T02:00:00Z', gateway: 'gw-3f', topic: 'osmanthus/v1/home/gw-3f/live', reason: 'wire: truncated', bytes: 211 }]
  const mark = { by: '李敏', at: '2026-11-22T02:14:00Z', station: '2F' }
  service.alarms.set(1, alarm({ id: 1, resident: 'r0' }))
  service.alarms.set(2, alarm({ id: 2, resident: 'r1', priority: 'medium', kind: 'vital_low', evidence: { rule: 'vital/1', metric: 'spo2', unit: '%', value: 84, limit: 88, features: [], hash: '', limits: [] } }))
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
    service.alarms.set(1, alarm({ id: 1, resident: 'r0' }))
    await context.close()
  })
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
