package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"osmanthus/e2e/lab"
)

// point is one value in InfluxDB.
type point struct {
	resident, source, metric string
	at                       time.Time
	value                    float64
}

// pointsOf asks InfluxDB itself, past all code of the product. Values that are
// out of their plausible range, and partial scores, stand in fields of their own.
func pointsOf(road *lab.Road, where string) ([]point, error) {
	if where != "" {
		where = " WHERE " + where
	}
	q := url.Values{"db": {road.Influx.Database}, "epoch": {"ms"},
		"q": {`SELECT "value", "implausible", "partial" FROM "reading"` + where + ` GROUP BY "resident", "source", "metric"`}}
	req, err := http.NewRequest(http.MethodGet, road.Influx.URL+"/query?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Token "+road.Influx.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error   string
		Results []struct {
			Error  string
			Series []struct {
				Tags   map[string]string
				Values [][4]*float64
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%w: %s", err, body)
	}
	if answer.Error != "" || len(answer.Results) != 1 || answer.Results[0].Error != "" {
		return nil, fmt.Errorf("InfluxDB says %s", body)
	}
	var out []point
	for _, s := range answer.Results[0].Series {
		for _, v := range s.Values {
			p := point{s.Tags["resident"], s.Tags["source"], s.Tags["metric"], time.UnixMilli(int64(*v[0])).UTC(), 0}
			for _, f := range v[1:] {
				if f != nil {
					p.value = *f
				}
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// acknowledge clicks the button of an alarm and waits until nothing rings.
func acknowledge(t *testing.T, road *lab.Road, page *lab.Page, id int64) {
	t.Helper()
	page.Do(5*time.Second, chromedp.Click(fmt.Sprintf(`[data-testid=alarm][data-alarm="%d"] [data-act=acknowledge]`, id)))
	page.Until(5*time.Second, `!`+ringing)
}
