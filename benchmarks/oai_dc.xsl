<?xml version="1.0" encoding="UTF-8"?>
<!-- What a stylesheet does that makes oai_dc of MARCXML, for the benchmark to compare with: the elements and fields of
     simple Dublin Core, values joined by spaces, without the cleaning that dublin_core does. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:marc="http://www.loc.gov/MARC21/slim" exclude-result-prefixes="marc"
    xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <xsl:output method="xml" omit-xml-declaration="yes" encoding="UTF-8"/>
  <xsl:template match="/marc:record">
    <xsl:variable name="leader6" select="substring(marc:leader, 7, 1)"/>
    <xsl:variable name="fixed" select="marc:controlfield[@tag = '008']"/>
    <oai_dc:dc>
      <xsl:for-each select="marc:datafield[@tag = 245 or @tag = 246 or @tag = 130 or @tag = 240]">
        <dc:title><xsl:call-template name="join"><xsl:with-param name="codes">abfgknp</xsl:with-param></xsl:call-template></dc:title>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 100 or @tag = 110 or @tag = 111]">
        <dc:creator><xsl:call-template name="join"><xsl:with-param name="codes">abcdnq</xsl:with-param></xsl:call-template></dc:creator>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 600 or @tag = 610 or @tag = 611 or @tag = 630 or @tag = 650 or @tag = 653]">
        <dc:subject><xsl:call-template name="join"><xsl:with-param name="codes">abcdfgklnpqtvxyz</xsl:with-param></xsl:call-template></dc:subject>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag &gt;= 500 and @tag &lt;= 599 and @tag != 506 and @tag != 530 and @tag != 540 and @tag != 546]">
        <dc:description><xsl:value-of select="marc:subfield[@code = 'a']"/></dc:description>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 260 or @tag = 264]">
        <dc:publisher><xsl:call-template name="join"><xsl:with-param name="codes">b</xsl:with-param></xsl:call-template></dc:publisher>
        <dc:date><xsl:call-template name="join"><xsl:with-param name="codes">c</xsl:with-param></xsl:call-template></dc:date>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 700 or @tag = 710 or @tag = 711 or @tag = 720]">
        <dc:contributor><xsl:call-template name="join"><xsl:with-param name="codes">abcdnq</xsl:with-param></xsl:call-template></dc:contributor>
      </xsl:for-each>
      <dc:type>
        <xsl:choose>
          <xsl:when test="contains('acdt', $leader6)">Text</xsl:when>
          <xsl:when test="contains('efgk', $leader6)">StillImage</xsl:when>
          <xsl:when test="contains('ij', $leader6)">Sound</xsl:when>
          <xsl:when test="$leader6 = 'm'">Software</xsl:when>
          <xsl:otherwise>PhysicalObject</xsl:otherwise>
        </xsl:choose>
      </dc:type>
      <xsl:for-each select="marc:datafield[@tag = 655]">
        <dc:type><xsl:call-template name="join"><xsl:with-param name="codes">abcvxyz</xsl:with-param></xsl:call-template></dc:type>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 300]">
        <dc:format><xsl:call-template name="join"><xsl:with-param name="codes">abce</xsl:with-param></xsl:call-template></dc:format>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 020 or @tag = 022 or @tag = 024 or @tag = 035]">
        <dc:identifier><xsl:value-of select="marc:subfield[@code = 'a']"/></dc:identifier>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 856]">
        <dc:identifier><xsl:value-of select="marc:subfield[@code = 'u']"/></dc:identifier>
      </xsl:for-each>
      <dc:language><xsl:value-of select="substring($fixed, 36, 3)"/></dc:language>
      <xsl:for-each select="marc:datafield[@tag = 490 or @tag = 530 or @tag = 830 or (@tag &gt;= 760 and @tag &lt;= 787)]">
        <dc:relation><xsl:call-template name="join"><xsl:with-param name="codes">abdgotvs</xsl:with-param></xsl:call-template></dc:relation>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 651 or @tag = 752]">
        <dc:coverage><xsl:call-template name="join"><xsl:with-param name="codes">abcdz</xsl:with-param></xsl:call-template></dc:coverage>
      </xsl:for-each>
      <xsl:for-each select="marc:datafield[@tag = 506 or @tag = 540]">
        <dc:rights><xsl:value-of select="marc:subfield[@code = 'a']"/></dc:rights>
      </xsl:for-each>
    </oai_dc:dc>
  </xsl:template>
  <xsl:template name="join">
    <xsl:param name="codes"/>
    <xsl:for-each select="marc:subfield[contains($codes, @code)]">
      <xsl:if test="position() &gt; 1"><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="."/>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
