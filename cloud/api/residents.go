package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"osmanthus/care"
)

type residentID struct {
	ID string `path:"id" maxLength:"64"`
}

func (in *residentID) about() (string, string) { return in.ID, "" }

type notesInput struct {
	ID    string `path:"id" maxLength:"64"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (in *notesInput) about() (string, string) { return in.ID, "" }

type readingsInput struct {
	ID     string    `path:"id" maxLength:"64"`
	Metric string    `query:"metric" required:"true" maxLength:"64"`
	From   time.Time `query:"from" required:"true"`
	To     time.Time `query:"to" required:"true"`
	Every  int       `query:"every" minimum:"1" maximum:"86400" default:"60" doc:"Seconds between points"`
}

// about names whole hours: a chart that moves with the time reads the same.
func (in *readingsInput) about() (string, string) {
	from, to := in.From.UTC().Truncate(time.Hour), in.To.UTC().Truncate(time.Hour)
	if !to.Equal(in.To) {
		to = to.Add(time.Hour)
	}
	return in.ID, fmt.Sprintf("%s %s/%s", in.Metric, from.Format(time.RFC3339), to.Format(time.RFC3339))
}

const maxPoints = 5000

func (a *API) listResidents(ctx context.Context, _ *none) (*list[Resident], error) {
	all, err := a.deps.Residents.Residents(ctx)
	return answerList(all, err)
}

func (a *API) readResident(ctx context.Context, in *residentID) (*body[BoardResident], error) {
	r, err := a.deps.Residents.Resident(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b, err := a.board(ctx, []Resident{r})
	if err != nil {
		return nil, err
	}
	return &body[BoardResident]{b.Residents[0]}, nil
}

func (a *API) listNotes(ctx context.Context, in *notesInput) (*list[Note], error) {
	if _, err := a.deps.Residents.Resident(ctx, in.ID); err != nil {
		return nil, err
	}
	all, err := a.deps.Alarms.Notes(ctx, in.ID, in.Limit)
	return answerList(all, err)
}

func (a *API) readReadings(ctx context.Context, in *readingsInput) (*body[Series], error) {
	m, ok := care.MetricByName(in.Metric)
	if !ok {
		return nil, NewProblem(http.StatusUnprocessableEntity, CodeInvalid, "no metric is named "+in.Metric, "Names are as in heart_rate.")
	}
	every := time.Duration(in.Every) * time.Second
	if n := in.To.Sub(in.From) / every; n < 1 || n > maxPoints {
		return nil, NewProblem(http.StatusUnprocessableEntity, CodeInvalid,
			fmt.Sprintf("from, to and every ask for %d points", n), fmt.Sprintf("Ask for 1 to %d points.", maxPoints))
	}
	if _, err := a.deps.Residents.Resident(ctx, in.ID); err != nil {
		return nil, err
	}
	points, err := a.deps.Readings.Readings(ctx, ReadingQuery{in.ID, in.Metric, in.From.UTC(), in.To.UTC(), every})
	if err != nil {
		return nil, err
	}
	info, _ := m.Info()
	return &body[Series]{Series{in.Metric, info.Unit, in.Every, orEmpty(points)}}, nil
}
