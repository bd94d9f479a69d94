package main

import (
	"fmt"
	"strings"

	"slipway/web/pages"
)

func line(n int, time, host, step string, stream pages.Stream, text string) pages.LogLine {
	return pages.LogLine{Number: n, Path: fmt.Sprintf("/deployments/Deployments-52?line=%d", n), Time: time, Host: host, Step: step, Stream: stream, Text: text}
}

func sampleLog() pages.Log {
	const step = "Deploy web app to Nginx"
	return pages.Log{
		Path: "/deployments/Deployments-52", LogLinks: pages.LogLinks{Raw: "/deployments/Deployments-52/log.txt", Total: "26 lines"},
		Earlier: "/deployments/Deployments-52?before=11",
		Lines: []pages.LogLine{
			line(11, "14:05:41", "web-1", step, pages.Note, "Attempt 1 of Deploy web app to Nginx on web-1."),
			line(12, "14:05:41", "web-1", step, pages.Out, "Package RandomQuotes 1.0.9: SHA-256 is as announced."),
			line(13, "14:05:42", "web-1", step, pages.Out, "Unpacked 38 files into /home/deploy/Applications/Test/RandomQuotes/1.0.9"),
			line(14, "14:05:42", "web-1", step, pages.Out, "Port: 8082"),
			line(15, "14:05:42", "web-1", step, pages.Out, "  + listen 8082;"),
			line(16, "14:05:42", "web-1", step, pages.Out, "  + root /home/deploy/Applications/Test/RandomQuotes/1.0.9/lib/public;"),
			line(17, "14:05:43", "web-1", step, pages.Err, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok"),
			line(18, "14:05:43", "web-1", step, pages.Err, "nginx: configuration file /etc/nginx/nginx.conf test is successful"),
			line(19, "14:05:43", "web-2", step, pages.Out, "Unpacked 38 files into /home/deploy/Applications/Test/RandomQuotes/1.0.9"),
			line(20, "14:05:44", "web-1", step, pages.Warn, "The unit file unicorn-test.service was changed by hand since the last deployment; it is replaced."),
			line(21, "14:05:45", "web-1", step, pages.Out, "unicorn-test.service is active"),
			line(22, "14:05:46", "web-2", step, pages.Out, "unicorn-test.service is active"),
			line(23, "14:05:50", "web-1", step, pages.Out, "unicorn-test.service has not restarted for 5 s: it is up."),
			line(24, "14:05:51", "web-2", step, pages.Out, "unicorn-test.service has not restarted for 5 s: it is up."),
			line(25, "14:05:51", "web-3", step, pages.Out, "unicorn-test.service has not restarted for 5 s: it is up."),
			line(26, "14:05:51", "", "Deployment Sign Off", pages.Note, "Asked Ada Lovelace and Grace Hopper of Project Stakeholders."),
		},
	}
}

func failedLog() pages.Log {
	l := sampleLog()
	const step = "Deploy web app to Nginx"
	l.Lines = append(l.Lines[:6:6],
		line(17, "14:05:43", "web-2", step, pages.Err, `nginx: [emerg] unknown directive "try_file" in /etc/nginx/conf.d/random-quotes-test.conf:14`),
		line(18, "14:05:43", "web-2", step, pages.Error, "nginx -t refused the new configuration. The former files are back, byte for byte."),
		line(19, "14:05:44", "", "Random quotes deployment status", pages.Note, "Mail sent to team@example.org."),
	)
	l.Lines[7].Anew = "Deploy web app to Nginx, once more on web-2"
	l.Total = "19 lines"
	return l
}

// foundLog is what a search shows of a long log.
func foundLog() pages.Log {
	l := sampleLog()
	l.Find, l.Hits, l.Hit = "unicorn", "12 of 48 lines", 21
	l.PreviousHit, l.NextHit = "/deployments/Deployments-52?find=unicorn&hit=11#L20", "/deployments/Deployments-52?find=unicorn&hit=13#L22"
	l.Total, l.Later, l.Tail = "", "/deployments/Deployments-52?after=26", "/deployments/Deployments-52"
	for i, line := range l.Lines {
		if at := strings.Index(line.Text, "unicorn"); at >= 0 {
			l.Lines[i].Found = []string{line.Text[:at], "unicorn", line.Text[at+len("unicorn"):]}
		}
	}
	return l
}
