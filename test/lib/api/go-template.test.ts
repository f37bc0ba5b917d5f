import { parseGoTemplate, TemplateError } from '../../../lib/api';

const data = { Name: 'hello', Namespace: 'default', Domain: 'example.com', Labels: { app: 'x' }, Annotations: {} };

test.each([
  ['user-container', 'user-container'],
  ['{{.Name}}.{{.Namespace}}.{{.Domain}}', 'hello.default.example.com'],
  ['{{ .Name }}-{{- " x" -}} -y', 'hello- x-y'],
  ['{{index .Labels "app"}}', 'x'],
  ['{{.Labels.app}}', 'x'],
  ['[{{index .Annotations "none"}}]', '[]'],
  ['{{if eq .Namespace "default"}}{{.Name}}{{else}}{{.Name}}-{{.Namespace}}{{end}}.{{.Domain}}', 'hello.example.com'],
  ['{{if index .Annotations "sub"}}a{{else if .Labels}}b{{else}}c{{end}}', 'b'],
  ['{{with .Labels}}{{.app}}{{end}}', 'x'],
  ['{{printf "%s-%q-%%" .Name .Namespace}}', 'hello-"default"-%'],
  ['{{.Name | printf "%s!"}}', 'hello!'],
  ['{{(index .Labels "app") | print}}', 'x'],
  ['{{/* nothing */}}a', 'a'],
  ['{{len .Name}}{{slice .Name 1 3}}', '5el'],
  ['{{and .Name .Domain}} {{or .Annotations .Name}} {{not .Name}} {{ne .Name "x"}}', 'example.com hello false true'],
  ['{{`a b`}}', 'a b'],
])('%s gives %s', (template, expected) => {
  expect(parseGoTemplate(template)(data)).toBe(expected);
});

test.each([
  ['{{.Name', 'unclosed action'],
  ['{{if .Name}}a', 'unexpected EOF'],
  ['{{end}}', 'unexpected {{end}}'],
  ['{{range .Labels}}{{end}}', 'unexpected {{range}}'],
  ['{{lower .Name}}', 'function "lower" not defined'],
  ['{{.Name "x"}}', 'unexpected'],
  ['{{(.Name}}', 'unclosed left paren'],
  ['{{.Name | "x"}}', 'non executable command'],
  ['{{.Name !}}', 'unexpected "!"'],
  ['{{}}', 'missing value'],
])('%s is no template', (template, message) => {
  expect(() => parseGoTemplate(template)).toThrow(TemplateError);
  expect(() => parseGoTemplate(template)).toThrow(message);
});

test.each(['{{.Nope}}', '{{.Name.First}}'])('%s fails when it is applied', (template) => {
  expect(() => parseGoTemplate(template)(data)).toThrow("can't evaluate field");
});
