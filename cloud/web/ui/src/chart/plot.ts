// The drawing of a course with uPlot.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { number } from '../alarms/words'
import { clockTime } from '../time/age'
import { type Course, gaps, isolated, range } from './course'

export interface Plot {
  draw(course: Course, from: number, to: number): void
  width(pixels: number): void
  destroy(): void
}

const HEIGHT = 180

/** Draws into `box`; `point` is told the index under the cursor, or null. */
export function plot(box: HTMLElement, metric: string, point: (index: number | null) => void): Plot {
  const style = getComputedStyle(box)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const font = `13px ${style.fontFamily}`
  let shown: { course: Course; from: number; to: number } | undefined

  const axis: uPlot.Axis = {
    stroke: color('--ink-2'),
    font,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  }
  const hidden: uPlot.Series = { stroke: 'transparent', points: { show: false }, spanGaps: false }

  const chart = new uPlot(
    {
      width: Math.max(200, box.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { size: 8, fill: color('--series') }, drag: { x: false, y: false } },
      scales: {
        x: { range: () => [shown?.from ?? 0, shown?.to ?? 1] },
        y: { range: (_, low, high) => range(metric, low, high) },
      },
      axes: [
        { ...axis, size: 32, space: 70, values: (_, splits) => splits.map((s) => clockTime(new Date(s * 1000), false)) },
        { ...axis, size: 44, space: 32, values: (_, splits) => splits.map((v) => number(v)) },
      ],
      bands: [{ series: [3, 2], fill: color('--band') }],
      series: [
        {},
        {
          stroke: color('--series'),
          width: 2,
          spanGaps: false,
          points: { show: true, size: 5, fill: color('--series'), filter: (u, _, show) => (show ? isolated(u.data[1] as (number | null)[]) : null) },
        },
        hidden,
        hidden,
      ],
      hooks: {
        // What was not measured is marked as such, under the grid.
        drawClear: [
          (u) => {
            if (!shown) return
            u.ctx.fillStyle = color('--hatch')
            for (const [a, b] of gaps(shown.course, shown.from, shown.to)) {
              const [left, right] = [u.valToPos(a, 'x', true), u.valToPos(b, 'x', true)]
              u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height)
            }
          },
        ],
        setCursor: [(u) => point(u.cursor.idx ?? null)],
      },
    },
    [[], [], [], []],
    box,
  )

  return {
    draw(course, from, to) {
      shown = { course, from, to }
      chart.setData([course.x, course.value, course.min, course.max])
    },
    width(pixels) {
      chart.setSize({ width: Math.max(200, pixels), height: HEIGHT })
    },
    destroy: () => chart.destroy(),
  }
}
