package local

import (
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
)

// A nurse-call system that latches is called again every minute, until somebody
// has answered.
func TestA8_TheDryContactCallsUntilSomebodyAnswers(t *testing.T) {
	for p, calls := range map[care.Priority]int{care.High: 3, care.Medium: 3, care.Low: 0} {
		synctest.Test(t, func(t *testing.T) {
			h := newHome(t, "", Opts{})
			h.Alert(alert(care.Fall, p, 1), "room-1")
			time.Sleep(3*time.Minute - 500*time.Millisecond)
			synctest.Wait()
			if got := len(h.relay.rises()); got != calls {
				t.Errorf("%v: %d calls in three minutes", p, got)
			}
			if on := h.relay.on(time.Now()); calls > 0 && (on > 177*time.Second || on < 176*time.Second) {
				t.Errorf("%v: closed for %v", p, on)
			}
			h.relay.clear()
			h.Answer(map[care.Episode]Answer{{1}: Quiet})
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			if got := len(h.relay.rises()); got != 0 || bool(h.relay.level) {
				t.Errorf("%v: %d calls after an answer", p, got)
			}
			h.end(t)
		})
	}
}

func TestA8_TheDryContactIsOpenWhenTheAgentEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome(t, "", Opts{})
		h.Alert(alert(care.Call, care.High, 1), "room-1")
		synctest.Wait()
		if !h.relay.level {
			t.Error("it does not call")
		}
		if h.end(t); h.relay.level {
			t.Error("it calls for ever")
		}
	})
}
