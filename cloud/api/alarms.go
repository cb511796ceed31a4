package api

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type alarmQuery struct {
	State    string `query:"state" enum:"open,all" default:"open"`
	Resident string `query:"resident" maxLength:"64"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (q *alarmQuery) about() (string, string) { return q.Resident, q.State }

type alarmID struct {
	ID int64 `path:"id" minimum:"1"`
}

type actInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Station        string `json:"station" minLength:"1" maxLength:"64" doc:"The station or device where this is done"`
		Resolution     string `json:"resolution,omitempty" enum:"helped,false_alarm,test,other" doc:"Required to close"`
		Note           string `json:"note,omitempty" maxLength:"1000"`
		OverrideReason string `json:"override_reason,omitempty" maxLength:"500" doc:"Why a high alarm about a person is closed without proof of presence at the bedside"`
	}
}

func (in *alarmID) about() (string, string)  { return "", fmt.Sprintf("alarm %d", in.ID) }
func (in *actInput) about() (string, string) { return "", fmt.Sprintf("alarm %d", in.ID) }

type alarmAnswer struct{ Body Alarm }

func (o *alarmAnswer) about() (string, string) {
	return o.Body.Resident, fmt.Sprintf("alarm %d", o.Body.ID)
}

func (a *API) listAlarms(ctx context.Context, q *alarmQuery) (*list[Alarm], error) {
	f := AlarmFilter{OpenOnly: q.State == "open", Resident: q.Resident, Limit: q.Limit}
	if f.OpenOnly {
		f.Limit = 0 // the oldest that nobody answered is the last to be left out
	}
	all, err := a.deps.Alarms.Alarms(ctx, f)
	return answerList(all, err)
}

func (a *API) readAlarm(ctx context.Context, in *alarmID) (*alarmAnswer, error) {
	one, err := a.deps.Alarms.Alarm(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &alarmAnswer{one}, nil
}

// act returns the handler of one thing that a person can do about an alarm.
func (a *API) act(do string) func(context.Context, *actInput) (*alarmAnswer, error) {
	return func(ctx context.Context, in *actInput) (*alarmAnswer, error) {
		if do == "close" && in.Body.Resolution == "" {
			return nil, NewProblem(http.StatusUnprocessableEntity, CodeInvalid, "a closed alarm needs a resolution",
				"Send resolution: helped, false_alarm, test or other.")
		}
		ctx, cancel := lasting(ctx)
		defer cancel()
		now, err := a.deps.Alarms.Act(ctx, in.ID, Act{
			Do: do, By: callerOf(ctx).Name, Station: in.Body.Station, Resolution: in.Body.Resolution,
			Note: in.Body.Note, OverrideReason: in.Body.OverrideReason, At: time.Now().UTC(),
		})
		if err != nil {
			return nil, err
		}
		return &alarmAnswer{now}, nil
	}
}
