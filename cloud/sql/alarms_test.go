package sql

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"osmanthus/care"
)

func step(n int, id int64, episode byte) AlarmStep {
	return AlarmStep{ID: id, Site: "home", Gateway: "gw-1", Episode: care.Episode{episode}, Kind: care.Fall, Resident: "r1",
		Open: true, Raised: t0, N: n, At: t0.Add(time.Duration(n) * time.Second), Event: []byte{byte(n)}, Board: true}
}

func TestF2_AlarmsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.db")
	d, ctx := openAt(t, path), t.Context()
	id, err := d.AppendAlarmStep(ctx, step(1, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := d.AppendAlarmStep(ctx, step(2, id, 1)); err != nil || again != id {
		t.Fatalf("%d, %v", again, err)
	}
	// As after SIGKILL: the file is opened again without having been closed.
	d = openAt(t, path)
	a, err := d.AlarmByEpisode(ctx, "gw-1", care.Episode{1})
	if err != nil || a.ID != id || a.Site != "home" || len(a.Log) != 2 || a.Log[1][0] != 2 {
		t.Errorf("%+v, %v", a, err)
	}
	first := uint64(t0.Add(time.Second).UnixMilli()) // of step 1
	if v, err := d.BoardVersion(ctx, "gw-1"); err != nil || v <= first {
		t.Errorf("board version %d, %v", v, err)
	}
	if v, err := d.BoardVersion(ctx, "gw-2"); err != nil || v != 0 {
		t.Errorf("board version %d, %v", v, err)
	}
}

func TestTheSlowerWriterLearnsIt(t *testing.T) {
	d, ctx := open(t), t.Context()
	id, err := d.AppendAlarmStep(ctx, step(1, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := d.BoardVersion(ctx, "gw-1")
	for name, s := range map[string]AlarmStep{"the same alarm": step(1, 0, 1), "the same step": step(1, id, 1), "a step too far": step(3, id, 1)} {
		if _, err := d.AppendAlarmStep(ctx, s); !errors.Is(err, ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a, err := d.AlarmByID(ctx, id); err != nil || len(a.Log) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	if v, _ := d.BoardVersion(ctx, "gw-1"); v != before {
		t.Errorf("a refused step moved the board from %d to %d", before, v)
	}
	if _, err := d.write.Exec(`DELETE FROM alarm_log`); err == nil {
		t.Error("the log can be shortened")
	}
	if _, err := d.AlarmByID(ctx, 99); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestAlarmsAreFiltered(t *testing.T) {
	d, ctx := open(t), t.Context()
	for i := range byte(6) {
		s := step(1, 0, i)
		s.Open = i%2 == 0
		s.At = t0.Add(time.Duration(i) * time.Hour)
		if i > 3 {
			s.Resident, s.Gateway = "r2", "gw-2"
		}
		if _, err := d.AppendAlarmStep(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		f    AlarmFilter
		want []int64
	}{
		{AlarmFilter{}, []int64{6, 5, 4, 3, 2, 1}},
		{AlarmFilter{Limit: 2}, []int64{6, 5}},
		{AlarmFilter{OpenOnly: true}, []int64{5, 3, 1}},
		{AlarmFilter{OpenOnly: true, Limit: 2}, []int64{5, 3}},
		{AlarmFilter{OpenOnly: true, ChangedSince: t0.Add(3 * time.Hour)}, []int64{6, 5, 4, 3, 1}},
		{AlarmFilter{OpenOnly: true, Gateway: "gw-1"}, []int64{3, 1}},
		{AlarmFilter{Resident: "r2"}, []int64{6, 5}},
	} {
		all, err := d.Alarms(ctx, c.f)
		if err != nil || len(all) != len(c.want) {
			t.Errorf("%+v: %d alarms, %v", c.f, len(all), err)
			continue
		}
		for i := range all {
			if all[i].ID != c.want[i] {
				t.Errorf("%+v: alarm %d at place %d, want %d", c.f, all[i].ID, i, c.want[i])
			}
		}
	}
}

func TestABoardOfALostDatabaseIsNewerThanThatOfTheOld(t *testing.T) {
	old, fresh, ctx := open(t), open(t), t.Context()
	for i := range byte(5) {
		if _, err := old.AppendAlarmStep(ctx, step(1, 0, i)); err != nil {
			t.Fatal(err)
		}
	}
	// The gateway has applied the old one and ignores what is not newer.
	applied, err := old.BoardVersion(ctx, "gw-1")
	if err != nil {
		t.Fatal(err)
	}
	s := step(1, 0, 9)
	s.At = s.At.Add(time.Minute)
	if _, err := fresh.AppendAlarmStep(ctx, s); err != nil {
		t.Fatal(err)
	}
	if v, err := fresh.BoardVersion(ctx, "gw-1"); err != nil || v <= applied {
		t.Errorf("version %d, %v after a database that was lost at %d", v, err, applied)
	}
}

func TestABoardRisesWhenTheClockDoesNot(t *testing.T) {
	d, ctx := open(t), t.Context()
	var before uint64
	for i, at := range []time.Time{t0, t0, t0.Add(-time.Hour), time.Time{}} {
		s := step(1, 0, byte(i))
		s.At = at
		if _, err := d.AppendAlarmStep(ctx, s); err != nil {
			t.Fatal(err)
		}
		v, err := d.BoardVersion(ctx, "gw-1")
		if err != nil || v <= before {
			t.Errorf("step at %v: version %d after %d, %v", at, v, before, err)
		}
		before = v
	}
}

func TestD9_NotesStandApartFromAlarms(t *testing.T) {
	d, ctx := open(t), t.Context()
	for i, kind := range []care.Kind{care.Fall, care.Drift, care.BedExit, care.Drift} {
		s := step(1, 0, byte(i+1))
		s.Kind, s.Open = kind, !kind.Note()
		if _, err := d.AppendAlarmStep(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		filter AlarmFilter
		want   int
	}{{AlarmFilter{}, 2}, {AlarmFilter{OpenOnly: true}, 2}, {AlarmFilter{Notes: true}, 2}, {AlarmFilter{Notes: true, Limit: 1}, 1},
		{AlarmFilter{Notes: true, Resident: "r2"}, 0}, {AlarmFilter{Notes: true, Resident: "r1"}, 2}} {
		if all, err := d.Alarms(ctx, c.filter); err != nil || len(all) != c.want {
			t.Errorf("%+v: %d, %v", c.filter, len(all), err)
		}
	}
}
