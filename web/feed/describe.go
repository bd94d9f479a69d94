package feed

import (
	"encoding/xml"
	"net/http"
)

// service says what version 2 of the feed holds.
func (f *Feed) service(w http.ResponseWriter, _ *http.Request) {
	send(w, "application/atomsvc+xml; charset=utf-8", xml.Header+
		`<service xml:base="`+inXML(f.at()+"/")+`" xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">`+"\n"+
		`<workspace><atom:title>Default</atom:title><collection href="Packages"><atom:title>Packages</atom:title></collection></workspace>`+"\n"+
		"</service>\n")
}

// metadata says which properties a version has and what may be asked.
func (f *Feed) metadata(w http.ResponseWriter, _ *http.Request) {
	send(w, "application/xml; charset=utf-8", metadata)
}

// metadata is read by clients to learn which questions they may ask.
const metadata = xml.Header + `<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="2.0" m:MaxDataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="NuGetGallery" xmlns="http://schemas.microsoft.com/ado/2006/04/edm">
<EntityType Name="V2FeedPackage" m:HasStream="true">
<Key><PropertyRef Name="Id"/><PropertyRef Name="Version"/></Key>
<Property Name="Id" Type="Edm.String" Nullable="false" m:FC_TargetPath="SyndicationTitle" m:FC_ContentKind="text" m:FC_KeepInContent="false"/>
<Property Name="Version" Type="Edm.String" Nullable="false"/>
<Property Name="NormalizedVersion" Type="Edm.String"/>
<Property Name="Authors" Type="Edm.String" m:FC_TargetPath="SyndicationAuthorName" m:FC_ContentKind="text" m:FC_KeepInContent="false"/>
<Property Name="Title" Type="Edm.String"/>
<Property Name="Summary" Type="Edm.String" m:FC_TargetPath="SyndicationSummary" m:FC_ContentKind="text" m:FC_KeepInContent="false"/>
<Property Name="Description" Type="Edm.String"/>
<Property Name="ReleaseNotes" Type="Edm.String"/>
<Property Name="Tags" Type="Edm.String"/>
<Property Name="Dependencies" Type="Edm.String"/>
<Property Name="Created" Type="Edm.DateTime" Nullable="false"/>
<Property Name="Published" Type="Edm.DateTime" Nullable="false"/>
<Property Name="LastUpdated" Type="Edm.DateTime" Nullable="false" m:FC_TargetPath="SyndicationUpdated" m:FC_ContentKind="text" m:FC_KeepInContent="false"/>
<Property Name="DownloadCount" Type="Edm.Int32" Nullable="false"/>
<Property Name="VersionDownloadCount" Type="Edm.Int32" Nullable="false"/>
<Property Name="PackageHash" Type="Edm.String"/>
<Property Name="PackageHashAlgorithm" Type="Edm.String"/>
<Property Name="PackageSize" Type="Edm.Int64" Nullable="false"/>
<Property Name="IsLatestVersion" Type="Edm.Boolean" Nullable="false"/>
<Property Name="IsAbsoluteLatestVersion" Type="Edm.Boolean" Nullable="false"/>
<Property Name="IsPrerelease" Type="Edm.Boolean" Nullable="false"/>
<Property Name="Listed" Type="Edm.Boolean" Nullable="false"/>
<Property Name="RequireLicenseAcceptance" Type="Edm.Boolean" Nullable="false"/>
</EntityType>
<EntityContainer Name="V2FeedContext" m:IsDefaultEntityContainer="true">
<EntitySet Name="Packages" EntityType="NuGetGallery.V2FeedPackage"/>
<FunctionImport Name="Search" ReturnType="Collection(NuGetGallery.V2FeedPackage)" EntitySet="Packages" m:HttpMethod="GET">
<Parameter Name="searchTerm" Type="Edm.String"/><Parameter Name="targetFramework" Type="Edm.String"/><Parameter Name="includePrerelease" Type="Edm.Boolean" Nullable="false"/>
</FunctionImport>
<FunctionImport Name="FindPackagesById" ReturnType="Collection(NuGetGallery.V2FeedPackage)" EntitySet="Packages" m:HttpMethod="GET">
<Parameter Name="id" Type="Edm.String"/>
</FunctionImport>
<FunctionImport Name="GetUpdates" ReturnType="Collection(NuGetGallery.V2FeedPackage)" EntitySet="Packages" m:HttpMethod="GET">
<Parameter Name="packageIds" Type="Edm.String"/><Parameter Name="versions" Type="Edm.String"/><Parameter Name="includePrerelease" Type="Edm.Boolean" Nullable="false"/><Parameter Name="includeAllVersions" Type="Edm.Boolean" Nullable="false"/><Parameter Name="targetFrameworks" Type="Edm.String"/><Parameter Name="versionConstraints" Type="Edm.String"/>
</FunctionImport>
</EntityContainer>
</Schema>
</edmx:DataServices>
</edmx:Edmx>
`
