package health

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// Manager is the service manager that started the agent, spoken to as in
// sd_notify(3) and sd_watchdog_enabled(3). Its zero value is none.
type Manager struct {
	socket   string
	watchdog time.Duration
}

// NewManager reads what the service manager left in the environment.
func NewManager(getenv func(string) string) Manager {
	m := Manager{socket: getenv("NOTIFY_SOCKET")}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 || m.socket == "" {
		return m
	}
	if pid := getenv("WATCHDOG_PID"); pid == "" || pid == strconv.Itoa(os.Getpid()) {
		m.watchdog = time.Duration(usec) * time.Microsecond
	}
	return m
}

// Say sends one state, as in "READY=1". Without a manager it does nothing.
func (m Manager) Say(state string) error {
	if m.socket == "" {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("health: reaching the service manager: %w", err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(state)); err != nil {
		return fmt.Errorf("health: telling the service manager: %w", err)
	}
	return nil
}

// Feed feeds the watchdog until ctx ends, as often as it wants, but only while
// alive returns nil: an agent that hangs is started anew. silent hears of each
// time that it is not fed.
func (m Manager) Feed(ctx context.Context, alive func(at time.Time) error, silent func(error)) error {
	if m.watchdog == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(m.watchdog / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			err := alive(now)
			if err == nil {
				err = m.Say("WATCHDOG=1")
			}
			if err != nil {
				silent(err)
			}
		}
	}
}
