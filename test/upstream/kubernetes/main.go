// What Kubernetes' own libraries make of the jobs on standard input: one JSON list in, one out.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
)

type Step struct {
	Op      string
	Manager string
	Force   bool
	Object  map[string]any
}

type Job struct {
	Op         string
	APIVersion string
	Kind       string
	Original   json.RawMessage
	Patch      json.RawMessage
	Steps      []Step
	Bytes      []byte
}

type State struct {
	Object map[string]any              `json:"object"`
	Fields []metav1.ManagedFieldsEntry `json:"fields"`
	Error  string                      `json:"error,omitempty"`
}

type Answer struct {
	Error  string          `json:"error,omitempty"`
	Object json.RawMessage `json:"object,omitempty"`
	Bytes  []byte          `json:"bytes,omitempty"`
	States []State         `json:"states,omitempty"`
	Types  []Type          `json:"types,omitempty"`
}

type Field struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Shape    string `json:"shape"`
	Number   int    `json:"number"`
	Pointer  bool   `json:"pointer"`
	Inline   bool   `json:"inline"`
	Omit     bool   `json:"omit"`
	Strategy string `json:"strategy"`
	MergeKey string `json:"mergeKey"`
}

type Type struct {
	ID     string  `json:"id"`
	Fields []Field `json:"fields"`
}

var converter = applyconfigurations.NewTypeConverter(scheme.Scheme)
var serializer = protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)

func gvk(job Job) schema.GroupVersionKind { return schema.FromAPIVersionAndKind(job.APIVersion, job.Kind) }

func decodeJSON(job Job) (runtime.Object, error) {
	object, err := scheme.Scheme.New(gvk(job))
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(job.Original, object)
	object.GetObjectKind().SetGroupVersionKind(gvk(job))
	return object, err
}

func answer(job Job) (Answer, error) {
	switch job.Op {
	case "strategic":
		object, err := scheme.Scheme.New(gvk(job))
		if err != nil {
			return Answer{}, err
		}
		result, err := strategicpatch.StrategicMergePatch(job.Original, job.Patch, object)
		return Answer{Object: result}, err
	case "encode":
		object, err := decodeJSON(job)
		if err != nil {
			return Answer{}, err
		}
		var buffer bytes.Buffer
		err = serializer.Encode(object, &buffer)
		text, _ := json.Marshal(object)
		return Answer{Bytes: buffer.Bytes(), Object: text}, err
	case "decode":
		object, _, err := serializer.Decode(job.Bytes, nil, nil)
		if err != nil {
			return Answer{}, err
		}
		text, err := json.Marshal(object)
		return Answer{Object: text}, err
	case "owners":
		manager := managedfieldstest.NewTestFieldManager(converter, gvk(job))
		states := []State{}
		for _, step := range job.Steps {
			object := &unstructured.Unstructured{Object: step.Object}
			var err error
			if step.Op == "apply" {
				err = manager.Apply(object, step.Manager, step.Force)
			} else {
				err = manager.Update(object, step.Manager)
			}
			live := manager.Live().DeepCopyObject().(*unstructured.Unstructured)
			state := State{Fields: manager.ManagedFields()}
			live.SetManagedFields(nil)
			state.Object = live.Object
			if err != nil {
				state.Error = err.Error()
			}
			states = append(states, state)
		}
		return Answer{States: states}, nil
	case "types":
		for _, root := range []any{metav1.Status{}, metav1.DeleteOptions{}, metav1.List{}, corev1.Pod{}, corev1.Service{}, corev1.ConfigMap{},
			corev1.Secret{}, corev1.Namespace{}, corev1.ServiceAccount{}, corev1.Event{}, corev1.Endpoints{}, corev1.Node{}, appsv1.Deployment{},
			appsv1.ReplicaSet{}, discoveryv1.EndpointSlice{}, coordinationv1.Lease{}, autoscalingv1.Scale{}, rbacv1.Role{}, rbacv1.RoleBinding{},
			rbacv1.ClusterRole{}, rbacv1.ClusterRoleBinding{}} {
			walk(reflect.TypeOf(root))
		}
		return Answer{Types: types}, nil
	}
	return Answer{}, fmt.Errorf("unknown job %q", job.Op)
}

var seen = map[reflect.Type]bool{}
var types []Type

const meta = "k8s.io/apimachinery/pkg/apis/meta/v1."

var leaves = map[string]string{
	meta + "Time": "Time", meta + "MicroTime": "MicroTime", meta + "FieldsV1": "FieldsV1",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":       "Quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":     "IntOrString",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":        "RawExtension",
}

func id(t reflect.Type) string {
	path := strings.Replace(t.PkgPath(), "k8s.io/", "io.k8s.", 1)
	return strings.ReplaceAll(path, "/", ".") + "." + t.Name()
}

func shapeOf(t reflect.Type) (string, string) {
	for t.Kind() == reflect.Ptr {
		t = t.Elem()
	}
	if leaf, ok := leaves[t.PkgPath()+"."+t.Name()]; ok {
		return leaf, "one"
	}
	switch t.Kind() {
	case reflect.Struct:
		walk(t)
		return id(t), "one"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes", "one"
		}
		name, _ := shapeOf(t.Elem())
		return name, "list"
	case reflect.Map:
		name, _ := shapeOf(t.Elem())
		return name, "map"
	}
	return t.Kind().String(), "one"
}

func walk(t reflect.Type) {
	if seen[t] {
		return
	}
	seen[t] = true
	found := Type{ID: id(t)}
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || field.Type == reflect.TypeOf(metav1.TypeMeta{}) {
			continue
		}
		one := Field{Name: name, Pointer: field.Type.Kind() == reflect.Ptr, Inline: strings.Contains(options, "inline"),
			Omit: strings.Contains(options, "omit"), Strategy: field.Tag.Get("patchStrategy"), MergeKey: field.Tag.Get("patchMergeKey")}
		if parts := strings.Split(field.Tag.Get("protobuf"), ","); len(parts) > 1 {
			fmt.Sscanf(parts[1], "%d", &one.Number)
		}
		one.Type, one.Shape = shapeOf(field.Type)
		found.Fields = append(found.Fields, one)
	}
	types = append(types, found)
}

func main() {
	var jobs []Job
	if err := json.NewDecoder(os.Stdin).Decode(&jobs); err != nil {
		panic(err)
	}
	answers := make([]Answer, len(jobs))
	for i, job := range jobs {
		result, err := answer(job)
		if err != nil {
			result.Error = err.Error()
		}
		answers[i] = result
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
