// Executes Grafana's templates of alerts as Grafana does, for tests/grafana/test_alert_messages.py: of standard input, a
// Case as JSON, the texts on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"regexp"
	"strings"
	"text/template"

	alertmanager "github.com/prometheus/alertmanager/template"
)

// Alert is what Grafana's notification templates see of one, as far as ours look.
type Alert struct {
	Status      string
	Labels      alertmanager.KV
	Annotations alertmanager.KV
	PanelURL    string
}

// Message is what they are executed with.
type Message struct {
	Status string
	Alerts []Alert
}

// Row is what annotations of a rule are expanded with. Values: none where there was no row.
type Row struct {
	Annotations map[string]string
	Labels      map[string]string
	Values      map[string]struct{ Value float64 }
	ExternalURL string
}

// Case is what to execute.
type Case struct {
	Template string
	Messages []Message
	Rows     []Row
}

// Said is what came of it.
type Said struct {
	Titles []string
	Texts  []string
	Rows   []map[string]string
}

func main() {
	log.SetFlags(0)
	var asked Case
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	said := Said{Rows: []map[string]string{}}
	templates, err := alertmanager.New()
	if err != nil {
		log.Fatal(err)
	}
	if err := templates.Parse(strings.NewReader(asked.Template)); err != nil {
		log.Fatal(err)
	}
	for _, message := range asked.Messages {
		said.Titles = append(said.Titles, executed(templates, `{{ template "webinars.title" . }}`, message))
		said.Texts = append(said.Texts, executed(templates, `{{ template "webinars.text" . }}`, message))
	}
	for _, row := range asked.Rows {
		said.Rows = append(said.Rows, row.expanded())
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		log.Fatal(err)
	}
}

func executed(templates *alertmanager.Template, text string, message Message) string {
	said, err := templates.ExecuteTextString(text, message)
	if err != nil {
		log.Fatal(err)
	}
	return said
}

// As pkg/services/ngalert/state/template does, with Prometheus's functions of which ours use these.
func (row Row) expanded() map[string]string {
	functions := template.FuncMap{
		"externalURL":  func() string { return row.ExternalURL },
		"match":        regexp.MatchString,
		"reReplaceAll": func(pattern, by, text string) string { return regexp.MustCompile(pattern).ReplaceAllString(text, by) },
		"humanize":     humanize,
	}
	found := map[string]string{}
	for name, text := range row.Annotations {
		text = "{{- $labels := .Labels -}}{{- $values := .Values -}}" + text
		parsed, err := template.New(name).Funcs(functions).Option("missingkey=invalid").Parse(text)
		if err != nil {
			log.Fatal(err)
		}
		var said strings.Builder
		if err := parsed.Execute(&said, row); err != nil {
			log.Fatal(err)
		}
		found[name] = strings.ReplaceAll(said.String(), "<no value>", "[no value]")
	}
	return found
}

func humanize(value float64) string {
	prefix := ""
	for _, one := range []string{"k", "M", "G"} {
		if math.Abs(value) < 1000 {
			break
		}
		prefix = one
		value /= 1000
	}
	return fmt.Sprintf("%.4g%s", value, prefix)
}
