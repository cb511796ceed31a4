package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"osmanthus/agent/sim"
)

// voice tells the terminal what happens, in its language.
type voice struct {
	out     io.Writer
	chinese bool
}

func (v voice) line(zh, en string) {
	if v.chinese {
		en = zh
	}
	fmt.Fprintln(v.out, en)
}

func (v voice) welcome(p Places, accounts []Account) {
	var logins []string
	for _, a := range accounts {
		logins = append(logins, fmt.Sprintf("%s / %s", a.Name, a.Password))
	}
	v.line(
		fmt.Sprintf("\n  护士站：  http://%s\n  登录：    %s\n  数据目录：%s（日志也在其中）\n\n约一分钟后会有一位老人跌倒。按 Ctrl-C 全部结束。\n",
			p.HTTP, strings.Join(logins, "    "), p.Dir),
		fmt.Sprintf("\n  nurse station:  http://%s\n  log in as:      %s\n  its folder:     %s (with the logs)\n\nAfter about a minute a resident falls. Ctrl-C ends all of it.\n",
			p.HTTP, strings.Join(logins, "    "), p.Dir))
}

// story tells the events and the lamps as they change, until ctx ends.
func (v voice) story(ctx context.Context, h *House) {
	type turned struct {
		lamp *Lamp
		tr   sim.Transition
	}
	turns := make(chan turned, 64)
	lamps := map[*Lamp]string{}
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, room := range h.Story.rooms() {
		for _, colour := range []string{"red", "yellow"} {
			lamp := &Lamp{}
			lamps[lamp] = room + " " + colour
			transitions, stop := h.Home.Pin(lampPin(room, colour)).Watch()
			defer stop()
			wg.Go(func() {
				for {
					select {
					case <-ctx.Done():
						return
					case tr := <-transitions:
						select {
						case turns <- turned{lamp, tr}:
						case <-ctx.Done():
							return
						}
					}
				}
			})
		}
	}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	next := 0
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-turns:
			if seen, changed := t.lamp.Turn(t.tr.Level, t.tr.At); changed {
				v.lamp(h, lamps[t.lamp], seen, t.tr.At)
			}
		case at := <-tick.C:
			for lamp, name := range lamps {
				if seen, changed := lamp.Look(at); changed {
					v.lamp(h, name, seen, at)
				}
			}
			for next < len(h.Story.Events) && at.Sub(h.Start).Seconds() >= h.Story.Events[next].At {
				v.event(h, h.Story.Events[next])
				next++
			}
		}
	}
}

func (v voice) event(h *House, e Event) {
	for _, r := range h.Story.Residents {
		if r.ID == e.Resident {
			v.line(fmt.Sprintf("%s  故事   %s室 %s %s", clock(e.At), r.Room, r.NameZH, e.ZH),
				fmt.Sprintf("%s  story  room %s: %s %s", clock(e.At), r.Room, r.NameEN, e.EN))
		}
	}
}

func (v voice) lamp(h *House, name string, seen Light, at time.Time) {
	room, colour, _ := strings.Cut(name, " ")
	zh := map[string]string{"red": "红灯", "yellow": "黄灯"}[colour]
	states := map[Light][2]string{Off: {"熄灭", "quiet"}, Steady: {"常亮", "steady"}, Flashing: {"闪烁", "flashing"}}
	since := at.Sub(h.Start).Seconds()
	v.line(fmt.Sprintf("%s  走廊   %s室%s%s", clock(since), room, zh, states[seen][0]),
		fmt.Sprintf("%s  lamp   room %s: %s %s", clock(since), room, colour, states[seen][1]))
}

// clock is the time since the demo began.
func clock(seconds float64) string {
	s := int(seconds)
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}
