package gateway

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// askedS3 reads the operation from verb, path and query, path style (Amazon S3 API Reference; its page Required permissions for API
// operations says what each takes).
func askedS3(r *http.Request) asked {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	a := asked{operation: operationS3(r, key), resource: strings.TrimSuffix(bucket+"/"+key, "/"), bucket: bucket}
	a.signed = q.Has("X-Amz-Signature") || a.operation == "PostObject"
	object := "arn:aws:s3:::" + bucket + "/" + key
	need := func(action, resource string) {
		a.needs = append(a.needs, Need{Action: "s3:" + action, Resource: resource, Keys: map[string]string{"s3:prefix": q.Get("prefix")}})
	}
	switch a.operation {
	case "GetObject", "HeadObject":
		if q.Has("versionId") {
			need("GetObjectVersion", object)
		} else {
			need("GetObject", object)
		}
	case "PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload":
		need("PutObject", object)
	case "CopyObject", "UploadPartCopy":
		from := strings.TrimPrefix(r.Header.Get("X-Amz-Copy-Source"), "/")
		from, version, _ := strings.Cut(from, "?versionId=")
		if version != "" {
			need("GetObjectVersion", "arn:aws:s3:::"+from)
		} else {
			need("GetObject", "arn:aws:s3:::"+from)
		}
		need("PutObject", object)
	case "AbortMultipartUpload":
		need("AbortMultipartUpload", object)
	case "DeleteObject":
		if q.Has("versionId") {
			need("DeleteObjectVersion", object)
		} else {
			need("DeleteObject", object)
		}
	case "PostObject": // the signer's rights count
		a.resource = bucket + "/" + formKey(r)
		need("PutObject", "arn:aws:s3:::"+a.resource)
	case "DeleteObjects":
		need("DeleteObject", "arn:aws:s3:::"+bucket+"/*")
	case "ListObjectsV2", "ListObjects", "HeadBucket":
		need("ListBucket", "arn:aws:s3:::"+bucket)
	case "ListObjectVersions":
		need("ListBucketVersions", "arn:aws:s3:::"+bucket)
	default:
		need(a.operation, "arn:aws:s3:::"+bucket)
	}
	return a
}

func operationS3(r *http.Request, key string) string {
	q := r.URL.Query()
	object := key != ""
	switch r.Method {
	case http.MethodHead:
		if object {
			return "HeadObject"
		}
		return "HeadBucket"
	case http.MethodGet:
		switch {
		case object && q.Has("uploadId"):
			return "ListParts"
		case object:
			return "GetObject"
		case q.Has("versions"):
			return "ListObjectVersions"
		case q.Has("uploads"):
			return "ListMultipartUploads"
		case q.Get("list-type") == "2":
			return "ListObjectsV2"
		}
		return "ListObjects"
	case http.MethodPut:
		copies := r.Header.Get("X-Amz-Copy-Source") != ""
		switch {
		case !object:
			return "CreateBucket"
		case q.Has("partNumber") && copies:
			return "UploadPartCopy"
		case q.Has("partNumber"):
			return "UploadPart"
		case copies:
			return "CopyObject"
		}
		return "PutObject"
	case http.MethodPost:
		switch {
		case q.Has("uploads"):
			return "CreateMultipartUpload"
		case q.Has("uploadId"):
			return "CompleteMultipartUpload"
		case q.Has("delete"):
			return "DeleteObjects"
		}
		return "PostObject"
	case http.MethodDelete:
		if q.Has("uploadId") {
			return "AbortMultipartUpload"
		}
		return "DeleteObject"
	}
	return r.Method
}

// formKey is the object's name in a browser's form; the body is put back.
func formKey(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, parameters, typeErr := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || typeErr != nil {
		return ""
	}
	for form := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]); ; {
		part, err := form.NextPart()
		if err != nil {
			return ""
		}
		if part.FormName() == "key" {
			key, _ := io.ReadAll(part)
			return string(key)
		}
	}
}
