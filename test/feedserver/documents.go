package feedserver

import "fmt"

// serviceDocument names the one collection there is.
func serviceDocument(base string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom" xml:base="%s/">
  <workspace>
    <atom:title>Default</atom:title>
    <collection href="Packages">
      <atom:title>Packages</atom:title>
    </collection>
  </workspace>
</service>
`, attribute(base))
}

// metadata describes the entities. Old clients look here whether the server can
// search, and by what.
const metadata = `<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0">
  <edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:DataServiceVersion="2.0">
    <Schema xmlns="http://schemas.microsoft.com/ado/2006/04/edm" Namespace="NuGetGallery">
      <EntityType Name="V2FeedPackage" m:HasStream="true">
        <Key><PropertyRef Name="Id"/><PropertyRef Name="Version"/></Key>
        <Property Name="Id" Type="Edm.String" Nullable="false"/>
        <Property Name="Version" Type="Edm.String" Nullable="false"/>
        <Property Name="Title" Type="Edm.String"/>
        <Property Name="Description" Type="Edm.String"/>
        <Property Name="ReleaseNotes" Type="Edm.String"/>
        <Property Name="Created" Type="Edm.DateTime" Nullable="false"/>
        <Property Name="Published" Type="Edm.DateTime" Nullable="false"/>
        <Property Name="LastUpdated" Type="Edm.DateTime" Nullable="false"/>
        <Property Name="IsLatestVersion" Type="Edm.Boolean" Nullable="false"/>
        <Property Name="IsAbsoluteLatestVersion" Type="Edm.Boolean" Nullable="false"/>
        <Property Name="IsPrerelease" Type="Edm.Boolean" Nullable="false"/>
        <Property Name="DownloadCount" Type="Edm.Int32" Nullable="false"/>
        <Property Name="VersionDownloadCount" Type="Edm.Int32" Nullable="false"/>
        <Property Name="RequireLicenseAcceptance" Type="Edm.Boolean" Nullable="false"/>
        <Property Name="PackageHash" Type="Edm.String"/>
        <Property Name="PackageHashAlgorithm" Type="Edm.String"/>
        <Property Name="PackageSize" Type="Edm.Int64" Nullable="false"/>
      </EntityType>
      <EntityContainer Name="FeedContext_x0060_1" m:IsDefaultEntityContainer="true">
        <EntitySet Name="Packages" EntityType="NuGetGallery.V2FeedPackage"/>
        <FunctionImport Name="Search" EntitySet="Packages" ReturnType="Collection(NuGetGallery.V2FeedPackage)" m:HttpMethod="GET">
          <Parameter Name="searchTerm" Type="Edm.String" Mode="In"/>
          <Parameter Name="targetFramework" Type="Edm.String" Mode="In"/>
          <Parameter Name="includePrerelease" Type="Edm.Boolean" Mode="In"/>
        </FunctionImport>
        <FunctionImport Name="FindPackagesById" EntitySet="Packages" ReturnType="Collection(NuGetGallery.V2FeedPackage)" m:HttpMethod="GET">
          <Parameter Name="id" Type="Edm.String" Mode="In"/>
        </FunctionImport>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`
