<?xml version="1.0" encoding="UTF-8"?>
<!-- An OAI-PMH answer for a person who reads. Words stand as [[tiếng Việt|English]]; oaipmh/page.py takes one of the two. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:oai="http://www.openarchives.org/OAI/2.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
    xmlns:marc="http://www.loc.gov/MARC21/slim"
    xmlns:id="http://www.openarchives.org/OAI/2.0/oai-identifier"
    xmlns:rights="http://www.openarchives.org/OAI/2.0/rights/"
    xmlns:prov="http://www.openarchives.org/OAI/2.0/provenance"
    xmlns:friends="http://www.openarchives.org/OAI/2.0/friends/"
    xmlns:str="http://exslt.org/strings"
    exclude-result-prefixes="oai dc oai_dc marc id rights prov friends str">

  <xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat" indent="no"/>

  <xsl:variable name="base" select="string(/oai:OAI-PMH/oai:request)"/>
  <!-- Links stay on this server whatever its public name is. -->
  <xsl:variable name="here" select="concat('/', substring-after(substring-after($base, '://'), '/'))"/>
  <xsl:variable name="verb" select="string(/oai:OAI-PMH/oai:request/@verb)"/>
  <xsl:variable name="asked" select="string(/oai:OAI-PMH/oai:request/@metadataPrefix)"/>

  <xsl:template match="/oai:OAI-PMH">
    <html lang="[[vi|en]]">
      <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="robots" content="noindex"/>
        <title>OAI-PMH<xsl:if test="$verb">: <xsl:value-of select="$verb"/></xsl:if></title>
        <link rel="stylesheet" href="/static/vendor/pico.min.css"/>
        <link rel="stylesheet" href="/static/style.css"/>
        <link rel="stylesheet" href="/static/oai.css"/>
      </head>
      <body>
        <a class="skip" href="#content">[[Đến nội dung chính|To the main content]]</a>
        <header class="top">
          <div class="container">
            <a class="brand" href="/">Liên Thông</a>
            <nav aria-label="[[Ngôn ngữ|Language]]">
              <a href="/?lang=vi" lang="vi" hreflang="vi">Tiếng Việt</a>
              <a href="/?lang=en" lang="en" hreflang="en">English</a>
            </nav>
          </div>
        </header>
        <main id="content" class="container">
          <h1>[[Kho OAI-PMH|OAI-PMH repository]]</h1>
          <p><code><xsl:value-of select="$base"/></code></p>
          <nav class="verbs" aria-label="[[Các yêu cầu|Requests]]">
            <xsl:call-template name="verb"><xsl:with-param name="name">Identify</xsl:with-param><xsl:with-param name="label">[[Giới thiệu|About]]</xsl:with-param></xsl:call-template>
            <xsl:call-template name="verb"><xsl:with-param name="name">ListMetadataFormats</xsl:with-param><xsl:with-param name="label">[[Khổ mẫu|Formats]]</xsl:with-param></xsl:call-template>
            <xsl:call-template name="verb"><xsl:with-param name="name">ListSets</xsl:with-param><xsl:with-param name="label">[[Bộ|Sets]]</xsl:with-param></xsl:call-template>
            <xsl:call-template name="verb"><xsl:with-param name="name">ListIdentifiers</xsl:with-param><xsl:with-param name="label">[[Đầu mục|Headers]]</xsl:with-param><xsl:with-param name="rest">&amp;metadataPrefix=oai_dc</xsl:with-param></xsl:call-template>
            <xsl:call-template name="verb"><xsl:with-param name="name">ListRecords</xsl:with-param><xsl:with-param name="label">[[Biểu ghi|Records]]</xsl:with-param><xsl:with-param name="rest">&amp;metadataPrefix=marcxml</xsl:with-param></xsl:call-template>
          </nav>
          <xsl:apply-templates select="oai:request"/>
          <xsl:if test="oai:error">
            <section>
              <h2>[[Yêu cầu không được đáp ứng|The request was not answered]]</h2>
              <xsl:apply-templates select="oai:error"/>
            </section>
          </xsl:if>
          <xsl:apply-templates select="oai:Identify | oai:ListMetadataFormats | oai:ListSets | oai:ListIdentifiers | oai:ListRecords | oai:GetRecord"/>
          <footer>
            <p>[[Máy chủ trả lời lúc|Answered at]] <time><xsl:value-of select="oai:responseDate"/></time></p>
            <xsl:if test="$verb">
              <!-- A request by POST is always answered as a harvester is. -->
              <form method="post" action="{$here}">
                <xsl:for-each select="oai:request/@*">
                  <input type="hidden" name="{name()}" value="{.}"/>
                </xsl:for-each>
                <button type="submit" class="secondary outline">[[Xem XML mà máy thu thập nhận|See the XML that a harvester gets]]</button>
              </form>
            </xsl:if>
          </footer>
        </main>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="verb">
    <xsl:param name="name"/>
    <xsl:param name="label"/>
    <xsl:param name="rest"/>
    <a href="{$here}?verb={$name}{$rest}">
      <xsl:if test="$verb = $name"><xsl:attribute name="aria-current">page</xsl:attribute></xsl:if>
      <xsl:value-of select="$label"/>
    </a>
  </xsl:template>

  <xsl:template match="oai:request">
    <xsl:if test="@*[name() != 'verb' and name() != 'resumptionToken']">
      <p class="asked">
        <xsl:for-each select="@*[name() != 'verb' and name() != 'resumptionToken']">
          <span><xsl:value-of select="name()"/> = <code><xsl:value-of select="."/></code></span>
        </xsl:for-each>
      </p>
    </xsl:if>
  </xsl:template>

  <xsl:template match="oai:error">
    <p class="refused"><strong><xsl:value-of select="@code"/></strong>: <xsl:value-of select="."/></p>
  </xsl:template>

  <!-- One line of a list of facts. -->
  <xsl:template name="fact">
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <div><dt><xsl:value-of select="$label"/></dt><dd><xsl:copy-of select="$value"/></dd></div>
  </xsl:template>

  <xsl:template match="oai:Identify">
    <h2><xsl:value-of select="oai:repositoryName"/></h2>
    <dl class="facts">
      <xsl:call-template name="fact"><xsl:with-param name="label">[[Người phụ trách|Contact]]</xsl:with-param><xsl:with-param name="value"><xsl:for-each select="oai:adminEmail"><a href="mailto:{.}"><xsl:value-of select="."/></a><xsl:text> </xsl:text></xsl:for-each></xsl:with-param></xsl:call-template>
      <xsl:call-template name="fact"><xsl:with-param name="label">[[Phiên bản giao thức|Protocol version]]</xsl:with-param><xsl:with-param name="value" select="string(oai:protocolVersion)"/></xsl:call-template>
      <xsl:call-template name="fact"><xsl:with-param name="label">[[Biểu ghi sớm nhất|Earliest record]]</xsl:with-param><xsl:with-param name="value" select="string(oai:earliestDatestamp)"/></xsl:call-template>
      <xsl:call-template name="fact"><xsl:with-param name="label">[[Biểu ghi đã xóa|Deleted records]]</xsl:with-param><xsl:with-param name="value" select="string(oai:deletedRecord)"/></xsl:call-template>
      <xsl:call-template name="fact"><xsl:with-param name="label">[[Độ mịn thời gian|Granularity]]</xsl:with-param><xsl:with-param name="value" select="string(oai:granularity)"/></xsl:call-template>
      <xsl:if test="oai:compression">
        <xsl:call-template name="fact"><xsl:with-param name="label">[[Nén|Compression]]</xsl:with-param><xsl:with-param name="value" select="string(oai:compression)"/></xsl:call-template>
      </xsl:if>
      <xsl:for-each select="oai:description/id:oai-identifier">
        <xsl:call-template name="fact"><xsl:with-param name="label">[[Mã định danh mẫu|Sample identifier]]</xsl:with-param><xsl:with-param name="value"><code><xsl:value-of select="id:sampleIdentifier"/></code></xsl:with-param></xsl:call-template>
      </xsl:for-each>
      <xsl:for-each select="oai:description/rights:rightsManifest">
        <xsl:call-template name="fact"><xsl:with-param name="label">[[Giấy phép của biểu ghi|Licence of the records]]</xsl:with-param><xsl:with-param name="value"><xsl:apply-templates select="rights:rights"/></xsl:with-param></xsl:call-template>
      </xsl:for-each>
      <xsl:for-each select="oai:description/friends:friends">
        <xsl:call-template name="fact"><xsl:with-param name="label">[[Các kho bạn|Friends]]</xsl:with-param><xsl:with-param name="value"><xsl:for-each select="friends:baseURL"><div><xsl:call-template name="link"><xsl:with-param name="to" select="string(.)"/></xsl:call-template></div></xsl:for-each></xsl:with-param></xsl:call-template>
      </xsl:for-each>
    </dl>
  </xsl:template>

  <!-- Only addresses of the web become links. -->
  <xsl:template name="link">
    <xsl:param name="to"/>
    <xsl:choose>
      <xsl:when test="starts-with($to, 'https://') or starts-with($to, 'http://')"><a href="{$to}" rel="nofollow noopener"><xsl:value-of select="$to"/></a></xsl:when>
      <xsl:otherwise><xsl:value-of select="$to"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="rights:rights">
    <div><xsl:call-template name="link"><xsl:with-param name="to" select="string(rights:rightsReference/@ref)"/></xsl:call-template></div>
  </xsl:template>

  <xsl:template match="oai:ListMetadataFormats">
    <h2>[[Khổ mẫu|Formats]]</h2>
    <table class="cards">
      <thead><tr><th scope="col">metadataPrefix</th><th scope="col">[[Không gian tên|Namespace]]</th><th scope="col">[[Xem|See]]</th></tr></thead>
      <tbody>
        <xsl:for-each select="oai:metadataFormat">
          <tr>
            <th scope="row"><code><xsl:value-of select="oai:metadataPrefix"/></code></th>
            <td data-label="[[Không gian tên|Namespace]]"><code><xsl:value-of select="oai:metadataNamespace"/></code></td>
            <td data-label="[[Xem|See]]">
              <a href="{$here}?verb=ListRecords&amp;metadataPrefix={oai:metadataPrefix}">[[Biểu ghi|Records]]</a>
              <xsl:text> · </xsl:text><xsl:call-template name="schema"/>
            </td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </xsl:template>

  <xsl:template name="schema">
    <a href="{oai:schema}" rel="nofollow noopener">[[Lược đồ|Schema]]</a>
  </xsl:template>

  <xsl:template match="oai:ListSets">
    <h2>[[Bộ|Sets]]</h2>
    <table class="cards">
      <thead><tr><th scope="col">[[Tên|Name]]</th><th scope="col">setSpec</th><th scope="col">[[Xem|See]]</th></tr></thead>
      <tbody>
        <xsl:for-each select="oai:set">
          <tr>
            <th scope="row"><xsl:value-of select="oai:setName"/></th>
            <td data-label="setSpec"><code><xsl:value-of select="oai:setSpec"/></code></td>
            <td data-label="[[Xem|See]]"><a href="{$here}?verb=ListRecords&amp;metadataPrefix=marcxml&amp;set={str:encode-uri(oai:setSpec, true())}">[[Biểu ghi|Records]]</a></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
    <xsl:apply-templates select="oai:resumptionToken"/>
  </xsl:template>

  <xsl:template match="oai:ListIdentifiers">
    <h2>[[Đầu mục|Headers]]</h2>
    <xsl:apply-templates select="oai:header"/>
    <xsl:apply-templates select="oai:resumptionToken"/>
  </xsl:template>

  <xsl:template match="oai:ListRecords | oai:GetRecord">
    <h2>[[Biểu ghi|Records]]</h2>
    <xsl:apply-templates select="oai:record"/>
    <xsl:apply-templates select="oai:resumptionToken"/>
  </xsl:template>

  <xsl:template match="oai:header">
    <article class="found"><xsl:call-template name="header"/></article>
  </xsl:template>

  <xsl:template name="header">
    <xsl:variable name="identifier" select="str:encode-uri(oai:identifier, true())"/>
    <p class="head">
      <code><xsl:value-of select="oai:identifier"/></code>
      <xsl:if test="@status = 'deleted'"><strong class="gone">[[đã xóa|deleted]]</strong></xsl:if>
      <time><xsl:value-of select="oai:datestamp"/></time>
    </p>
    <p class="ways">
      <xsl:for-each select="oai:setSpec">
        <a href="{$here}?verb=ListRecords&amp;metadataPrefix=marcxml&amp;set={str:encode-uri(., true())}"><xsl:value-of select="."/></a>
      </xsl:for-each>
      <a href="{$here}?verb=GetRecord&amp;metadataPrefix=marcxml&amp;identifier={$identifier}">MARC</a>
      <a href="{$here}?verb=GetRecord&amp;metadataPrefix=oai_dc&amp;identifier={$identifier}">Dublin Core</a>
      <a href="{$here}?verb=ListMetadataFormats&amp;identifier={$identifier}">[[Các khổ mẫu|All formats]]</a>
    </p>
  </xsl:template>

  <xsl:template match="oai:record">
    <article class="found">
      <xsl:for-each select="oai:header"><xsl:call-template name="header"/></xsl:for-each>
      <xsl:choose>
        <xsl:when test="/oai:OAI-PMH/oai:GetRecord"><xsl:apply-templates select="oai:metadata/*"/></xsl:when>
        <xsl:otherwise>
          <details>
            <summary><xsl:call-template name="title"/></summary>
            <xsl:apply-templates select="oai:metadata/*"/>
            <xsl:apply-templates select="oai:about"/>
          </details>
        </xsl:otherwise>
      </xsl:choose>
      <xsl:if test="/oai:OAI-PMH/oai:GetRecord"><xsl:apply-templates select="oai:about"/></xsl:if>
    </article>
  </xsl:template>

  <xsl:template name="title">
    <xsl:choose>
      <xsl:when test="oai:metadata//dc:title"><xsl:value-of select="oai:metadata//dc:title[1]"/></xsl:when>
      <xsl:when test="oai:metadata//marc:datafield[@tag = '245']">
        <xsl:for-each select="oai:metadata//marc:datafield[@tag = '245'][1]/marc:subfield">
          <xsl:value-of select="."/><xsl:text> </xsl:text>
        </xsl:for-each>
      </xsl:when>
      <xsl:when test="oai:metadata">[[Biểu ghi|Record]]</xsl:when>
      <xsl:otherwise>[[Không còn nội dung|Nothing is left of it]]</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="oai_dc:dc">
    <dl class="facts">
      <xsl:for-each select="dc:*">
        <xsl:call-template name="fact"><xsl:with-param name="label" select="local-name()"/><xsl:with-param name="value"><xsl:call-template name="link"><xsl:with-param name="to" select="string(.)"/></xsl:call-template></xsl:with-param></xsl:call-template>
      </xsl:for-each>
    </dl>
  </xsl:template>

  <xsl:template match="marc:record">
    <table class="marc">
      <tbody>
        <tr><th scope="row">LDR</th><td/><td><code><xsl:value-of select="marc:leader"/></code></td></tr>
        <xsl:for-each select="marc:controlfield"><tr><th scope="row"><xsl:value-of select="@tag"/></th><td/><td><code><xsl:value-of select="."/></code></td></tr></xsl:for-each>
        <xsl:for-each select="marc:datafield">
          <tr>
            <th scope="row"><xsl:value-of select="@tag"/></th>
            <td><code><xsl:value-of select="translate(concat(@ind1, @ind2), ' ', '_')"/></code></td>
            <td><xsl:for-each select="marc:subfield"><b>$<xsl:value-of select="@code"/></b><xsl:text> </xsl:text><xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </xsl:template>

  <!-- A format that nobody here knows: names and values, as deep as it goes. -->
  <xsl:template match="oai:metadata//* | oai:about//*" priority="-1">
    <ul class="tree">
      <li>
        <b><xsl:value-of select="local-name()"/></b>
        <xsl:for-each select="@*"><xsl:text> </xsl:text><small><xsl:value-of select="local-name()"/>=<xsl:value-of select="."/></small></xsl:for-each>
        <xsl:if test="text()[normalize-space()]">: <xsl:value-of select="text()[normalize-space()][1]"/></xsl:if>
        <xsl:apply-templates select="*"/>
      </li>
    </ul>
  </xsl:template>

  <xsl:template match="oai:about">
    <p class="about">
      <xsl:choose>
        <xsl:when test="rights:rights">[[Giấy phép của biểu ghi|Licence of the record]]: <xsl:apply-templates select="rights:rights"/></xsl:when>
        <xsl:when test="prov:provenance">[[Thu thập từ|Harvested from]]: <xsl:apply-templates select="prov:provenance/prov:originDescription"/></xsl:when>
        <xsl:otherwise><xsl:apply-templates select="*"/></xsl:otherwise>
      </xsl:choose>
    </p>
  </xsl:template>

  <xsl:template match="prov:originDescription" priority="1">
    <span class="step">
      <code><xsl:value-of select="prov:identifier"/></code><xsl:text> </xsl:text>
      <xsl:call-template name="link"><xsl:with-param name="to" select="string(prov:baseURL)"/></xsl:call-template>
      <xsl:text> </xsl:text><time><xsl:value-of select="@harvestDate"/></time>
      <xsl:apply-templates select="prov:originDescription"/>
    </span>
  </xsl:template>

  <xsl:template match="oai:resumptionToken">
    <p class="more">
      <xsl:if test="@cursor">[[Từ|From]] <xsl:value-of select="@cursor + 1"/><xsl:if test="@completeListSize"> [[trong|of]] <xsl:value-of select="@completeListSize"/></xsl:if></xsl:if>
      <xsl:if test="string(.)">
        <xsl:text> · </xsl:text>
        <a rel="next" href="{$here}?verb={$verb}&amp;resumptionToken={str:encode-uri(., true())}">[[Trang sau|Next page]] →</a>
      </xsl:if>
    </p>
  </xsl:template>
</xsl:stylesheet>
