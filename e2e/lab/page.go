package lab

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Page is a tab of a real browser.
type Page struct {
	t   testing.TB
	ctx context.Context
}

// Browser is the browser's program, or "" where there is none.
func Browser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Muted is a browser as it is delivered: pages make no sound before a click.
const Muted = "document-user-activation-required"

// NewPage opens a tab of the given size, in a browser of the given language, in
// which pages may make sound without having been clicked, unless it is Muted.
func NewPage(t testing.TB, width, height int, language string, autoplay ...string) *Page {
	t.Helper()
	browser := Browser()
	if browser == "" {
		t.Skip("SKIPPED: no Chromium on this machine; make test installs it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", append(autoplay, "no-user-gesture-required")[0]),
		chromedp.Flag("lang", language), chromedp.Flag("accept-lang", language),
		chromedp.Env("LANGUAGE="+language),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { stop(); stopAlloc() })
	p := &Page{t, ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	return p
}

// Do runs actions, and fails the test when they take longer than d.
func (p *Page) Do(d time.Duration, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, d)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fail(d, err)
	}
}

func (p *Page) fail(d time.Duration, err error) {
	p.t.Helper()
	p.Shoot("failed " + p.t.Name())
	p.t.Fatalf("page: within %v: %v\nthe page says: %s", d, err, p.Text())
}

// Eval returns what a JavaScript expression gives in the page.
func Eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// SetCookie gives the browser a cookie for the page at url.
func (p *Page) SetCookie(url, name, value string) {
	p.t.Helper()
	p.Do(5*time.Second, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: url})
		return err
	}))
}

// Text returns what the page shows, as text.
func (p *Page) Text() string {
	text, err := Eval[string](p, `document.body.innerText`)
	if err != nil {
		return err.Error()
	}
	return text
}

// Until waits until the JavaScript expression is true, looking every 20 ms, and
// returns when that was.
func (p *Page) Until(d time.Duration, expression string) time.Time {
	p.t.Helper()
	deadline := time.Now().Add(d)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := Eval[bool](p, "!!("+expression+")")
		if ok {
			return time.Now()
		}
		if time.Now().After(deadline) {
			p.fail(d, errors.Join(errors.New("never true: "+expression), err))
		}
		<-tick.C
	}
}

// Shoot writes a screenshot into the folder that OSMANTHUS_SHOTS names, if it does.
func (p *Page) Shoot(name string) {
	dir := os.Getenv("OSMANTHUS_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.NewReplacer("/", "_", " ", "_").Replace(name)+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Logf("screenshot %s: %v", name, err)
	}
}
