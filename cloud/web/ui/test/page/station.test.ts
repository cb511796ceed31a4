// The station at work: live, loud, in step with others, honest when cut off.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Priority } from '../../src/api/types'
import { alarm } from '../alarm'
import { launch, open } from './browser'
import { residents } from './home'
import { Service } from './service'

let browser: Browser
let service: Service

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  service = new Service()
  await service.start()
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await service.stop()
})

const station = async (path = '/', options = {}) => {
  const view = await open(browser, service.url + path, options)
  await view.page.waitForSelector('[data-link=ok]')
  return view
}
const rings = (page: Page, what: Priority | 'none', timeout = 1_000) => page.waitForSelector(`[data-ringing=${what}]`, { timeout })

describe('J1: the order on the screen', () => {
  test('of 40 calls in 200 beds every one is shown, higher priorities first', async () => {
    service.residents = residents(200)
    const priorities: Priority[] = ['low', 'high', 'medium']
    for (let id = 1; id <= 40; id++) {
      service.alarms.set(id, alarm({ id, resident: `r${id * 4}`, priority: priorities[(id * 7) % 3] ?? 'low', onset: new Date(Date.now() - id * 1000).toISOString() }))
    }
    const { page } = await station()
    expect(await page.locator('[data-testid=resident]').count()).toBe(200)
    const shown = await page.$$eval('[data-testid=alarm]', (all) => all.map((e) => ({ id: e.getAttribute('data-alarm'), rank: ['high', 'medium', 'low'].findIndex((p) => e.classList.contains(p)) })))
    expect(new Set(shown.map((s) => s.id)).size).toBe(40)
    expect(shown.map((s) => s.rank)).toEqual(shown.map((s) => s.rank).sort())
  })

  test('a priority is told by colour, shape and text, and flashes at the rates of its priority', async () => {
    for (const [i, priority] of (['high', 'medium', 'low'] as const).entries()) service.alarms.set(i + 1, alarm({ id: i + 1, priority }))
    const looks = (page: Page) =>
      page.$$eval('[data-testid=alarm]', (all) =>
        all.map((e) => {
          const block = getComputedStyle(e.querySelector('.block') as Element)
          const animated = block.animationName !== 'none'
          return { shape: e.querySelector('svg .shape')?.tagName + (e.querySelector('svg path')?.getAttribute('d') ?? ''), text: e.querySelector('.kind')?.textContent, hertz: animated ? 1 / parseFloat(block.animationDuration) : 0 }
        }),
      )
    const found = await looks((await station()).page)
    expect(new Set(found.map((f) => f.shape)).size).toBe(3)
    expect(found.map((f) => f.text)).toEqual(['High priority', 'Medium priority', 'Low priority'])
    const [high, medium, low] = found.map((f) => f.hertz)
    expect(high).toBeGreaterThanOrEqual(1.4)
    expect(high).toBeLessThanOrEqual(2.8)
    expect(medium).toBeGreaterThanOrEqual(0.4)
    expect(medium).toBeLessThanOrEqual(0.8)
    expect(low).toBe(0)
    const calm = await looks((await station('/', { reducedMotion: 'reduce' })).page)
    expect(calm.map((f) => f.hertz)).toEqual([0, 0, 0])
  })
})

describe('J2: sound and link', () => {
  test('a station that nobody clicked says that it is silent; a click makes it ring', async () => {
    service.alarms.set(1, alarm())
    const { page } = await station()
    expect(await page.getAttribute('.app', 'data-sound')).toBe('off')
    expect(await page.textContent('[data-testid=sound-off]')).toContain('Sound is off')
    await page.click('[data-testid=sound-off]')
    await page.waitForSelector('[data-sound=on][data-ringing=high]')
    expect(await page.locator('[data-testid=sound-off]').count()).toBe(0)
  })

  test('so does a key, and a touch', async () => {
    const on = (page: Page) => page.waitForSelector('[data-sound=on]', { timeout: 2_000 })
    const { page: keys } = await station()
    await keys.waitForSelector('[data-testid=sound-off]')
    await keys.keyboard.press('Tab')
    await on(keys)
    const { page: touched } = await station('/', { hasTouch: true })
    await touched.waitForSelector('[data-testid=sound-off]')
    await touched.touchscreen.tap(640, 700)
    await on(touched)
  })

  test('the first press of a silent station already counts, however long it lasts', async () => {
    service.alarms.set(1, alarm())
    const { page } = await station()
    await page.waitForSelector('[data-testid=sound-off]')
    await page.click('[data-act=acknowledge]', { delay: 400 })
    await expect.poll(() => service.alarms.get(1)?.state).toBe('acknowledged')
  })

  test('the sound check measures that a sound really goes out', async () => {
    const { page } = await station()
    await page.click('[data-testid=sound-off]')
    await page.waitForSelector('[data-sound=on]')
    await page.click('header button[title="Test the sound"]')
    await page.waitForSelector('text=Test tone played')
  })

  test('silence is shown as a lost link within ten seconds, nothing looks well meanwhile, and it comes back by itself', async () => {
    const { page } = await station()
    expect(await page.locator('[data-watched=true]').count()).toBe(6)
    const began = Date.now()
    service.silent = true
    await page.waitForSelector('[data-testid=link-lost]', { timeout: 10_000 })
    expect(Date.now() - began).toBeLessThan(10_000)
    expect(await page.locator('[data-watched=true]').count()).toBe(0)
    expect(await page.locator('[data-stale=false]').count()).toBe(0)
    expect(await page.textContent('main')).not.toContain('No open alarm')
    await page.waitForFunction(() => document.title.includes('Link lost'))
    // What happened meanwhile is there when the link is.
    service.alarms.set(1, alarm())
    service.silent = false
    await page.waitForSelector('[data-link=ok][data-ringing=high]', { timeout: 20_000 })
    expect(await page.locator('[data-testid=link-lost]').count()).toBe(0)
    expect(await page.locator('[data-watched=true]').count()).toBe(6)
  })
})

describe('J3 and E5: several stations', () => {
  test('are in step within a second, and each tells what it has shown', async () => {
    const [a, b, c] = [await station(), await station(), await station('/residents/r5')]
    service.set(alarm({ resident: 'r0' }))
    await Promise.all([a, b, c].map(({ page }) => rings(page, 'high')))
    await expect.poll(() => new Set(service.receipts).size).toBe(3)
    await a.page.click('[data-act=acknowledge]')
    await Promise.all([a, b, c].map(({ page }) => rings(page, 'none')))
    expect(await b.page.textContent('[data-testid=alarm-state]')).toMatch(/^Acknowledged by 李敏, \d\d:\d\d:\d\d$/)
    expect(new Set(service.receipts).size).toBe(service.receipts.length)
  })

  test('who is too late is told so, and sees who was first', async () => {
    service.alarms.set(1, alarm())
    const { page } = await station()
    await expect.poll(() => service.receipts.length).toBe(1) // its receipt is in, and overwrites nothing below
    const boards = service.boards
    await expect.poll(() => service.boards, { timeout: 5000 }).toBeGreaterThan(boards) // nor does the board that follows
    const first = alarm({ state: 'acknowledged', ringing: false, acknowledged: { by: '王芳', at: new Date().toISOString(), station: '3F' } })
    service.alarms.set(1, first) // the event has not arrived yet
    await page.click('[data-act=acknowledge]')
    await page.waitForSelector('text=Somebody else was faster')
    service.set(first)
    await page.waitForSelector('text=Acknowledged by 王芳')
  })

  test('a log-out closes no alarm, and a session that ends is shouted', async () => {
    service.alarms.set(1, alarm())
    const [a, b] = [await station(), await station()]
    await a.page.click('header button:has-text("Log out")')
    await a.page.click('.note button.primary')
    await a.page.waitForSelector('form')
    expect(service.alarms.get(1)?.state).toBe('raised')
    expect(await b.page.getAttribute('.app', 'data-ringing')).toBe('high')
    service.cut()
    await b.page.waitForSelector('text=nobody hears alarms here until you do', { timeout: 5_000 })
    await b.page.fill('[name=name]', 'limin')
    await b.page.fill('[name=password]', 'wrong password')
    await b.page.click('button[type=submit]')
    await b.page.waitForSelector('text=Name or password is wrong')
    await b.page.fill('[name=password]', 'right password')
    await b.page.click('button[type=submit]')
    await rings(b.page, 'high', 5_000)
  })
})

describe('E1 and E3: the life of an alarm', () => {
  test('acknowledged, on site, and closed only with a reason where presence is not proved', async () => {
    service.alarms.set(1, alarm({ resident: 'r0' }))
    const { page, complaints } = await station()
    await page.click('[data-act=acknowledge]')
    await page.click('[data-act=on-site]')
    await page.click('[data-act=close]')
    await page.check('input[value=helped]')
    await page.click('dialog button[type=submit]')
    await page.waitForSelector('dialog [role=alert]:has-text("State the reason")')
    expect(service.alarms.get(1)?.state).toBe('on_site')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('override_reason')
    await page.fill('[name=override_reason]', 'the bedside button is broken')
    await page.click('dialog button[type=submit]')
    await page.waitForSelector('text=No open alarm')
    expect(service.alarms.get(1)?.closed).toMatchObject({ resolution: 'helped', override_reason: 'the bedside button is broken' })
    await page.click('text=Alarm history')
    await page.click('[data-testid=past-alarms] a')
    expect(await page.textContent('main')).toContain('Closed without proof of presence: the bedside button is broken')
    expect(await page.locator('[data-testid=history] li').count()).toBe(3)
    expect(complaints).toEqual([])
  })
})

describe('I3: charts', () => {
  test('no line is drawn where nothing was measured', async () => {
    const { page } = await station('/residents/r0')
    const chart = page.locator('[data-testid=chart][data-metric=heart_rate]')
    await page.click('text=last 1 h')
    await expect.poll(() => chart.getAttribute('data-gaps')).toBe('2')
    // Columns of the plot that hold the dark green of the line, left to right.
    const runs = await chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, width, height)
      let [found, inside] = [0, false]
      for (let x = 60; x < width; x++) {
        let line = false
        for (let y = 0; y < height && !line; y++) {
          const i = (y * width + x) * 4
          line = (data[i] ?? 0) < 60 && Math.abs((data[i + 1] ?? 0) - 92) < 20 && (data[i + 3] ?? 0) > 200
        }
        if (line && !inside) found++
        inside = line
      }
      return found
    })
    expect(runs).toBe(3)
  })

  test('a number shows its age, and the chart goes on live', async () => {
    const { page } = await station('/residents/r0')
    const points = () => page.getAttribute('[data-testid=chart][data-metric=spo2]', 'data-points').then(Number)
    await expect.poll(points).toBeGreaterThan(0)
    const before = await points()
    const at = new Date(Date.now() + 60_000).toISOString()
    service.event('vitals', { resident: 'r0', bed_occupied: true, signs: [], vitals: [{ metric: 'spo2', unit: '%', value: 91, quality: 90, at, age_s: 0, stale: false, implausible: false }] })
    await expect.poll(points).toBe(before + 1)
    expect(await page.textContent('[data-metric=spo2].vital')).toMatch(/91 %\s*\d+ s ago/)
    expect(await page.textContent('[data-metric=heart_rate].vital')).toContain('no data')
  })
})

test('the language is the browser’s until somebody chooses, and then stays', async () => {
  const { page } = await station('/', { locale: 'zh-CN' })
  expect(await page.textContent('h2')).toBe('未关闭的报警')
  await page.click('[data-testid=language]')
  expect(await page.textContent('h2')).toBe('Open alarms')
  await page.reload()
  await page.waitForSelector('[data-link=ok]')
  expect(await page.textContent('h2')).toBe('Open alarms')
})

test('Enter logs in, and says nothing about the language', async () => {
  service.loggedIn = false
  const { page } = await open(browser, service.url, { locale: 'zh-CN' })
  await page.waitForSelector('form')
  await page.fill('[name=name]', 'limin')
  await page.fill('[name=password]', 'right password')
  await page.press('[name=password]', 'Enter')
  await page.waitForSelector('[data-link=ok]')
  expect(await page.textContent('h2')).toBe('未关闭的报警')
})
