// Every kind of alarm that a home raises: plain, in words, and nothing cut off.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, open, violations } from './browser'
import { everyKind } from './kinds'
import { Service } from './service'

const service = new Service()
const all = everyKind()
const id = (kind: string) => all.find((alarm) => alarm.kind === kind)?.id ?? 0
let browser: Browser

beforeAll(async () => {
  for (const alarm of all) service.set(alarm)
  await service.start()
  browser = await launch('--autoplay-policy=no-user-gesture-required')
})

afterAll(async () => {
  await browser.close()
  await service.stop()
})

test.each([
  ['zh-CN', 1280, 800],
  ['zh-CN', 390, 844],
  ['en-GB', 1280, 800],
  ['en-GB', 390, 844],
])('%s at %i × %i: no raw names, nothing cut off', async (locale, width, height) => {
  const { context, page, complaints } = await open(browser, service.url, { locale, viewport: { width, height }, reducedMotion: 'reduce' })
  for (const path of ['/', '/alarms', ...all.map((alarm) => `/alarms/${alarm.id}`)]) {
    await page.goto(service.url + path)
    await page.waitForSelector('main [data-act=acknowledge]')
    const found = await page.evaluate(() => ({
      raw: [...document.querySelectorAll('dt, h1, h3')].map((e) => e.textContent).filter((text) => /\w_\w|[{}]/.test(text)),
      wide: document.documentElement.scrollWidth > innerWidth,
      cut: [...document.querySelectorAll('button, h1, h2, h3, dt, dd, p')].filter((e) => !e.closest('.sr') && e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent),
    }))
    expect(found, path).toEqual({ raw: [], wide: false, cut: [] })
  }
  expect(complaints).toEqual([])
  await context.close()
})

test('smoke in a home rings as highest, and says where and what to do', async () => {
  const { context, page } = await open(browser, service.url)
  const card = page.locator(`[data-alarm="${id('smoke')}"]`)
  await card.waitFor()
  const text = await card.textContent()
  for (const part of ['High priority', 'Smoke', '2F', '厨房 · smoke-1', 'call the fire service']) expect(text).toContain(part)
  expect(text).not.toContain('Gateway')
  expect(await page.getAttribute('.app', 'data-ringing')).toBe('high')
  expect(await violations(page)).toEqual([])
  await context.close()
})

test('however much rings, the page that was opened stays in sight', async () => {
  const { context, page } = await open(browser, `${service.url}/residents/r0`, { viewport: { width: 390, height: 844 } })
  await page.waitForSelector('[data-testid=alarm-strip] li')
  expect((await page.locator('h1').boundingBox())?.y).toBeLessThan(800)
  expect(await page.locator('[data-testid=alarm-strip] li').count()).toBe(all.filter((alarm) => alarm.ringing).length)
  expect(await violations(page)).toEqual([])
  await context.close()
})

test('a danger to a home is closed with words of its own, not with those of a bedside', async () => {
  const { context, page } = await open(browser, `${service.url}/alarms/${id('gas')}`)
  await page.click('main [data-act=acknowledge]')
  await page.click('main [data-act=close]')
  const dialog = await page.textContent('dialog')
  expect(dialog).toContain('The danger is over')
  expect(dialog).toContain('There is no button for a proof of presence at this place')
  expect(dialog).not.toMatch(/resident|bedside/)
  await context.close()
})

test('technical alarms stand after those about people of the same priority', async () => {
  const { context, page } = await open(browser, service.url, { locale: 'en-GB' })
  await page.waitForSelector('[data-testid=alarm]')
  const order = await page.$$eval('[data-testid=alarm][data-state=raised]', (cards) =>
    cards.map((card) => ['high', 'medium', 'low'].findIndex((p) => card.classList.contains(p)) * 2 + Number(card.textContent?.includes('Technical'))),
  )
  expect(new Set(order).size).toBe(6)
  expect(order).toEqual([...order].sort())
  await context.close()
})
