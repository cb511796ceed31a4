package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/cloud/sql"
)

// alarmView shows people the alarms, with names and rooms.
type alarmView struct {
	service *alarm.Service
	db      *sql.DB
}

func (v alarmView) Alarms(ctx context.Context, f api.AlarmFilter) ([]api.Alarm, error) {
	all, err := v.service.Select(ctx, alarm.Filter{OpenOnly: f.OpenOnly, Resident: care.ResidentID(f.Resident), Limit: f.Limit})
	if err != nil {
		return nil, err
	}
	residents, err := v.residents(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]api.Alarm, 0, len(all))
	for _, a := range all {
		out = append(out, view(a, whose(a, residents)))
	}
	return out, nil
}

func (v alarmView) Alarm(ctx context.Context, id int64) (api.Alarm, error) {
	a, err := v.service.Alarm(ctx, id)
	if errors.Is(err, alarm.ErrNotFound) {
		return api.Alarm{}, api.NewProblem(http.StatusNotFound, api.CodeNotFound, fmt.Sprintf("there is no alarm %d", id), "")
	}
	if err != nil {
		return api.Alarm{}, err
	}
	out := v.one(ctx, a)
	out.Evidence.Signal = signal(a.Alert.Evidence.Snippet)
	return out, nil
}

// one shows an alarm; where the name cannot be read it is shown without.
func (v alarmView) one(ctx context.Context, a alarm.Alarm) api.Alarm {
	all, _ := v.residents(ctx)
	return view(a, whose(a, all))
}

// whose is the resident of an alarm. Of one that is about no resident, as of a
// smoke detector, it is nobody, at the place and in the room that those have in
// common whom its gateway watches.
func whose(a alarm.Alarm, all map[care.ResidentID]sql.Resident) sql.Resident {
	if a.Alert.Resident != "" {
		return all[a.Alert.Resident]
	}
	var home *sql.Resident
	for _, r := range all {
		switch {
		case r.Gateway != a.Gateway:
		case home == nil:
			home = &sql.Resident{Place: r.Place, Room: r.Room}
		case home.Place != r.Place:
			return sql.Resident{}
		case home.Room != r.Room:
			home.Room = ""
		}
	}
	if home == nil {
		return sql.Resident{}
	}
	return *home
}

func (v alarmView) Notes(ctx context.Context, resident string, limit int) ([]api.Note, error) {
	all, err := v.service.Select(ctx, alarm.Filter{Resident: care.ResidentID(resident), Notes: true, Limit: limit})
	out := make([]api.Note, 0, len(all))
	for _, a := range all {
		x := a.Alert
		out = append(out, api.Note{ID: a.ID, Kind: kind(x.Kind), Onset: x.Onset.UTC(), DecidedAt: x.At.UTC(),
			Source: string(x.Source), Evidence: evidence(x.Evidence)})
	}
	return out, err
}

func (v alarmView) residents(ctx context.Context) (map[care.ResidentID]sql.Resident, error) {
	all, err := v.db.Residents(ctx)
	out := map[care.ResidentID]sql.Resident{}
	for _, r := range all {
		out[r.ID] = r
	}
	return out, err
}

var doings = map[string]alarm.What{
	"acknowledge": alarm.Acknowledge, "on-site": alarm.Arrive, "close": alarm.Close, "displayed": alarm.Display,
}

func (v alarmView) Act(ctx context.Context, id int64, act api.Act) (api.Alarm, error) {
	a, err := v.service.Act(ctx, id, alarm.Event{
		What: doings[act.Do], At: act.At, Actor: act.By, Station: act.Station, Note: act.Note,
		Resolution: alarm.Resolution(act.Resolution), Override: act.OverrideReason,
	})
	if c, ok := errors.AsType[*alarm.Conflict](err); ok {
		return api.Alarm{}, problem(c)
	}
	switch {
	case errors.Is(err, alarm.ErrNotFound):
		return api.Alarm{}, api.NewProblem(http.StatusNotFound, api.CodeNotFound, fmt.Sprintf("there is no alarm %d", id), "")
	case errors.Is(err, alarm.ErrMalformed):
		return api.Alarm{}, api.NewProblem(http.StatusUnprocessableEntity, api.CodeInvalid, err.Error(), "")
	case err != nil:
		return api.Alarm{}, err
	}
	return v.one(ctx, a), nil
}

// problem says why not, and what to do instead.
func problem(c *alarm.Conflict) *api.Problem {
	hint := map[alarm.Code]string{
		alarm.Taken:   "Somebody else was first; read the alarm again.",
		alarm.Over:    "The alarm is over; read it again.",
		alarm.NoProof: "Close it at the bedside, or send override_reason: why it may be closed without.",
		alarm.Lasts:   "It closes by itself when the cause is gone; otherwise say in note or override_reason why it may be closed now.",
	}[c.Code]
	return api.NewProblem(http.StatusConflict, string(c.Code), c.Error()[len("alarm: "):], hint)
}

// view turns an alarm into what the page shows.
func view(a alarm.Alarm, r sql.Resident) api.Alarm {
	x := a.Alert
	out := api.Alarm{
		ID: a.ID, Episode: x.Episode.String(), Kind: kind(x.Kind), Priority: x.Priority.String(), State: a.State.String(),
		Technical: a.Technical(), Ringing: a.Ringing(),
		Resident: string(x.Resident), ResidentName: r.Name, Place: r.Place, Room: r.Room, Bed: r.Bed,
		Gateway: string(a.Gateway), Source: string(x.Source), SourcePlace: x.Place,
		Onset: x.Onset.UTC(), DecidedAt: x.At.UTC(), RaisedAt: a.RecordedAt, Confidence: x.Confidence,
		Evidence:  evidence(x.Evidence),
		Displayed: []api.Mark{}, History: []api.Step{},
		Acknowledged: mark(a.Acknowledged), OnSite: mark(a.OnSite),
	}
	if !a.EndedAt.IsZero() {
		out.ConditionEndedAt = &a.EndedAt
	}
	if by, ok := a.RespondBy(); ok {
		out.RespondBy = &by
	}
	if c := a.Closing; c != nil {
		out.Closed = &api.Closing{By: c.Actor, ByKind: string(c.By), At: c.At, Station: c.Station,
			Resolution: string(c.Resolution), Note: c.Note, OverrideReason: c.Override}
	}
	for _, m := range a.Displayed {
		out.Displayed = append(out.Displayed, *mark(&m))
	}
	for _, s := range a.Log {
		out.History = append(out.History, api.Step{At: s.At, Actor: s.Actor, ActorKind: string(s.By),
			Transition: transition(s), Station: s.Station, Note: note(s)})
	}
	return out
}

func kind(k care.Kind) string {
	if !k.Known() || k == care.BedEnter {
		return "other" // of a later version
	}
	return k.String()
}

// evidence is all but the signal, which is large.
func evidence(e care.Evidence) api.Evidence {
	out := api.Evidence{Rule: e.Rule, Hash: e.Hash, Clock: e.Clock, Value: e.Value, Limit: e.Limit, Features: []api.Feature{}, Limits: []api.Feature{}}
	if e.Metric != 0 {
		out.Metric = e.Metric.String()
		info, _ := e.Metric.Info()
		out.Unit = info.Unit
	}
	for _, f := range e.Features {
		out.Features = append(out.Features, api.Feature(f))
	}
	for _, l := range e.Limits {
		out.Limits = append(out.Limits, api.Feature(l))
	}
	return out
}

func mark(m *alarm.Mark) *api.Mark {
	if m == nil {
		return nil
	}
	return &api.Mark{By: m.Actor, At: m.At, Station: m.Station}
}

// transition names a step by what came of it.
func transition(s alarm.Step) string {
	switch {
	case s.What == alarm.Display:
		return "displayed"
	case s.What == alarm.Clear && s.From == s.To:
		return "condition_ended"
	case s.What == alarm.Confirm && s.From == s.To && s.From == alarm.Raised:
		return "priority_raised"
	case s.What == alarm.Confirm:
		return "raised"
	case s.What == alarm.Overdue:
		return "overdue"
	}
	return s.To.String()
}

func note(s alarm.Step) string {
	if s.What == alarm.Close && s.Override != "" {
		if s.Note == "" {
			return s.Override
		}
		return s.Note + " (" + s.Override + ")"
	}
	return s.Note
}
