<?xml version="1.0" encoding="UTF-8"?>
<!--
  Faturaflow's own template of a UBL-TR invoice: one A4 page, or as many as its lines need.

  XSLT 1.0 without extensions, so that it works wherever an embedded template is shown. The lists (units, types and so on)
  are filled in from GİB's code lists when the template is handed out; without them the codes are shown.
-->
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:inv="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
  xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
  xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
  exclude-result-prefixes="inv cac cbc ext ds">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <!-- tr or en: the labels. What the document itself says is never translated. -->
  <xsl:param name="language">tr</xsl:param>
  <!-- The QR code as a data URI; nothing is shown without one. -->
  <xsl:param name="qr"/>
  <!-- Names of units that only this invoice has: |code=name| -->
  <xsl:param name="rare-units"/>

  <!-- ═══ words ═══ -->

  <xsl:variable name="labels-tr">
    |account=Hesap / IBAN
    |accountingCost=Muhasebe Kodu
    |agent=Aracı Kurum
    |allowance=İskonto / Artırım
    |allowances=Toplam İskonto
    |amount=Tutar
    |attachment=Ek
    |base=Matrah
    |buyer=Sayın
    |carrier=Taşıyıcı
    |channel=Ödeme Kanalı
    |charges=Toplam Artırım
    |computed=Hesaplanan
    |consigned=Gönderim Tarihi
    |contract=Sözleşme
    |currency=Para Birimi
    |date=Fatura Tarihi
    |deferred=hesaplanan, tahsil edilmeyen
    |deferredVat=Tahsil Edilmeyen KDV
    |deducted=Kesintiler
    |delivery=Teslimat
    |despatch=İrsaliye
    |draft=Taslak
    |draftLong=Taslak: mali mühür veya e-imza taşımaz
    |due=Son Ödeme Tarihi
    |electronic=e-Arşiv izni kapsamında elektronik ortamda iletilmiştir.
    |email=E-posta
    |exclusive=Vergiler Hariç Tutar
    |exemption=İstisna / Muafiyet Sebebi
    |fax=Faks
    |foreignBuyer=Yurt Dışındaki Alıcı
    |gtip=GTİP
    |inLira=TL Karşılığı
    |inclusive=Vergiler Dahil Toplam
    |intermediary=Ödeme Aracısı
    |internet=Bu satış internet üzerinden yapılmıştır.
    |internetTitle=İnternet Satışı
    |included=fiyata dahil
    |invoiceArchive=e-Arşiv Fatura
    |invoice=e-Fatura
    |item=Mal / Hizmet
    |lines=Mal / Hizmet Toplamı
    |means=Ödeme Şekli
    |money=TL
    |nationality=Uyruk
    |notes=Notlar
    |no=No
    |number=Fatura No
    |order=Sipariş
    |otherDocuments=İlgili Belgeler
    |otherTaxes=Diğer Vergiler
    |page=Sayfa
    |passport=Pasaport No
    |payable=Ödenecek Tutar
    |payment=Ödeme
    |paid=Ödeme Tarihi
    |penalty=Gecikme Zammı
    |period=Dönem
    |phone=Tel
    |price=Birim Fiyat
    |profile=Senaryo
    |quantity=Miktar
    |rate=Oran
    |exchange=Döviz Kuru
    |receipt=ÖKC Fişi
    |receiptAdvice=Alındı Belgesi
    |replacesDespatch=İrsaliye yerine geçer.
    |returned=İade Edilen Fatura
    |returnSlip=İade Bölümü
    |returnWho=Malı iade edenin adı soyadı
    |returnAddress=Adresi
    |returnSign=İmzası
    |returnGoods=İade edilen malın cinsi
    |rounding=Yuvarlama
    |signature=Kaşe / İmza
    |tax=Vergi
    |taxOffice=Vergi Dairesi
    |taxes=Vergiler
    |terms=Teslim Şartı
    |transport=Taşıma Şekli
    |type=Fatura Tipi
    |vat=KDV
    |vatRate=KDV Oranı
    |web=Web
    |webSite=Web Adresi
    |withholding=KDV Tevkifatı
    |words=Yazıyla
    |ProductTraceID=Takip No
    |SerialID=Seri No
    |VKN=VKN
    |TCKN=TCKN
    |
  </xsl:variable>
  <xsl:variable name="labels-en">
    |account=Account / IBAN
    |accountingCost=Accounting cost
    |agent=Intermediary
    |allowance=Discount / charge
    |allowances=Discounts
    |amount=Amount
    |attachment=Attachment
    |base=Base
    |buyer=Bill to
    |carrier=Carrier
    |channel=Payment channel
    |charges=Charges
    |computed=Total
    |consigned=Consigned on
    |contract=Contract
    |currency=Currency
    |date=Invoice date
    |deferred=computed, not collected
    |deferredVat=VAT not collected
    |deducted=Deductions
    |delivery=Delivery
    |despatch=Despatch note
    |draft=Draft
    |draftLong=Draft: bears no fiscal seal and no e-signature
    |due=Due date
    |electronic=Sent electronically under the e-Archive permission (e-Arşiv izni kapsamında elektronik ortamda iletilmiştir).
    |email=Email
    |exclusive=Total excluding taxes
    |exemption=Reason of exemption
    |fax=Fax
    |foreignBuyer=Buyer abroad
    |gtip=HS code (GTİP)
    |inLira=In Turkish lira
    |inclusive=Total including taxes
    |intermediary=Payment intermediary
    |internet=This sale was made on the internet (Bu satış internet üzerinden yapılmıştır).
    |internetTitle=Internet sale
    |included=included in the price
    |invoiceArchive=e-Archive Invoice
    |invoice=e-Invoice
    |item=Goods / service
    |lines=Goods and services
    |means=Means of payment
    |money=TRY
    |nationality=Nationality
    |notes=Notes
    |no=No
    |number=Invoice no
    |order=Order
    |otherDocuments=Related documents
    |otherTaxes=Other taxes
    |page=Page
    |passport=Passport no
    |payable=Amount due
    |payment=Payment
    |paid=Paid on
    |penalty=Penalty for late payment
    |period=Period
    |phone=Phone
    |price=Unit price
    |profile=Scenario
    |quantity=Quantity
    |rate=Rate
    |exchange=Exchange rate
    |receipt=Cash register slip
    |receiptAdvice=Receipt advice
    |replacesDespatch=Replaces the despatch note (İrsaliye yerine geçer).
    |returned=Returned invoice
    |returnSlip=Return slip (İade Bölümü)
    |returnWho=Name of the person returning
    |returnAddress=Address
    |returnSign=Signature
    |returnGoods=Goods returned
    |rounding=Rounding
    |signature=Stamp / signature
    |tax=Tax
    |taxOffice=Tax office
    |taxes=Taxes
    |terms=Terms of delivery
    |transport=Mode of transport
    |type=Invoice type
    |vat=VAT
    |vatRate=VAT rate
    |web=Web
    |webSite=Web address
    |withholding=VAT withheld
    |words=In words
    |ProductTraceID=Trace no
    |SerialID=Serial no
    |VKN=Tax no (VKN)
    |TCKN=Citizen no (TCKN)
    |
  </xsl:variable>
  <!-- Filled in from the code lists: |code=name|code=name| -->
  <xsl:variable name="units-tr"/>
  <xsl:variable name="units-en"/>
  <xsl:variable name="types-tr"/>
  <xsl:variable name="types-en"/>
  <xsl:variable name="profiles-tr"/>
  <xsl:variable name="profiles-en"/>
  <xsl:variable name="schemes-tr"/>
  <xsl:variable name="schemes-en"/>
  <xsl:variable name="means-tr"/>
  <xsl:variable name="means-en"/>
  <xsl:variable name="channels-tr"/>
  <xsl:variable name="channels-en"/>
  <xsl:variable name="slips-tr"/>
  <xsl:variable name="slips-en"/>
  <xsl:variable name="taxes-tr"/>
  <xsl:variable name="taxes-en"/>
  <xsl:variable name="countries-tr"/>
  <xsl:variable name="countries-en"/>
  <!-- Taxes that the buyer keeps back: |0003|0011| -->
  <xsl:variable name="withheld">|</xsl:variable>
  <xsl:variable name="withholdings-tr"/>
  <xsl:variable name="withholdings-en"/>

  <!-- UN/ECE recommendation 19 -->
  <xsl:variable name="modes-tr">|1=Denizyolu|2=Demiryolu|3=Karayolu|4=Havayolu|5=Posta|6=Çok araçlı|7=Sabit taşıma|8=İç su taşımacılığı|</xsl:variable>
  <xsl:variable name="modes-en">|1=Sea|2=Rail|3=Road|4=Air|5=Mail|6=Multimodal|7=Fixed installation|8=Inland water|</xsl:variable>

  <xsl:variable name="digits">|1=bir|2=iki|3=üç|4=dört|5=beş|6=altı|7=yedi|8=sekiz|9=dokuz|</xsl:variable>
  <xsl:variable name="tens">|1=on|2=yirmi|3=otuz|4=kırk|5=elli|6=altmış|7=yetmiş|8=seksen|9=doksan|</xsl:variable>
  <xsl:variable name="thousands">|1=bin|2=milyon|3=milyar|4=trilyon|5=katrilyon|</xsl:variable>
  <xsl:variable name="currencies">|TRY=Türk lirası|USD=ABD doları|EUR=avro|GBP=İngiliz sterlini|CHF=İsviçre frangı|</xsl:variable>
  <xsl:variable name="hundredths">|TRY=kuruş|USD=sent|EUR=sent|GBP=peni|CHF=santim|</xsl:variable>
  <xsl:variable name="upper" select="'ABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZ'"/>
  <xsl:variable name="lower" select="'abcçdefgğhıijklmnoöpqrsştuüvwxyz'"/>

  <!-- ═══ what the whole page asks about ═══ -->

  <xsl:variable name="invoice" select="/inv:Invoice"/>
  <xsl:variable name="currency" select="normalize-space($invoice/cbc:DocumentCurrencyCode)"/>
  <xsl:variable name="references" select="$invoice/cac:AdditionalDocumentReference"/>
  <xsl:variable name="archive" select="normalize-space($invoice/cbc:ProfileID) = 'EARSIVFATURA'"/>
  <xsl:variable name="signed" select="boolean($invoice/ext:UBLExtensions//ds:Signature)"/>
  <!-- Lira for one unit of the document's currency; a rate of anything else says nothing of its amounts. -->
  <xsl:variable name="exchange" select="normalize-space($invoice/cac:PricingExchangeRate[$currency != 'TRY']
    [normalize-space(cbc:SourceCurrencyCode) = $currency][normalize-space(cbc:TargetCurrencyCode) = 'TRY']/cbc:CalculationRate)"/>
  <!-- Sending mode and internet sale have no place of their own in UBL-TR; these are the forms that integrators use. -->
  <xsl:variable name="sending" select="$references[cbc:ID = 'gonderimSekli' or cbc:DocumentTypeCode = 'SendingType'
    or cbc:DocumentTypeCode = 'GONDERIM_SEKLI' or cbc:DocumentTypeCode = 'SEND_TYPE' or cbc:DocumentType = 'SEND_TYPE']"/>
  <xsl:variable name="sale" select="$references[starts-with(cbc:ID, 'internetSatisBilgi/') or cbc:ID = 'INTERNET_SATIS'
    or cbc:DocumentTypeCode = 'ODEME_SEKLI' or cbc:DocumentTypeCode = 'EArchiveType'
    or starts-with(cbc:DocumentTypeCode, 'EXT_') or starts-with(cbc:DocumentTypeCode, 'INT_') or starts-with(cbc:DocumentType, 'INT_')
    or cbc:DocumentTypeCode = 'IS_INTERNET' or cbc:DocumentType = 'IS_INTERNET']"/>
  <xsl:variable name="internet" select="boolean($invoice/cbc:Note[starts-with(normalize-space(), '##internetSatis_')]) or boolean($sale[not(cbc:DocumentTypeCode = 'EArchiveType') or cbc:DocumentType = 'INTERNET']
    [not(cbc:DocumentTypeCode = 'EXT_IS_ONLINE_SALE') or translate(cbc:DocumentType, 'TRUE', 'true') = 'true'])"/>
  <xsl:variable name="templates" select="$references[translate(cbc:DocumentType, 'xslt', 'XSLT') = 'XSLT'
    or contains(cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename, '.xsl')]"/>
  <xsl:variable name="discounted" select="boolean($invoice/cac:InvoiceLine/cac:AllowanceCharge[number(cbc:Amount) > 0 or number(cbc:MultiplierFactorNumeric) > 0])"/>
  <xsl:variable name="vatted" select="boolean($invoice/cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal
    [normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode) = '0015'])"/>
  <xsl:variable name="otherTaxed" select="boolean($invoice/cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal
    [normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode) != '0015'])"/>

  <xsl:variable name="sums" select="$invoice/cac:LegalMonetaryTotal"/>
  <!-- VAT on a special base may be in the price already, and that of an export-registered sale need not be collected. -->
  <xsl:variable name="included" select="normalize-space($invoice/cbc:InvoiceTypeCode) = 'OZELMATRAH'
    and number($sums/cbc:TaxInclusiveAmount) = number($sums/cbc:TaxExclusiveAmount)"/>
  <xsl:variable name="vat" select="sum($invoice/cac:TaxTotal/cac:TaxSubtotal
    [normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode) = '0015'][not(normalize-space(cbc:CalculationSequenceNumeric) = '-1')]/cbc:TaxAmount)"/>
  <xsl:variable name="uncollected" select="normalize-space($invoice/cbc:InvoiceTypeCode) = 'IHRACKAYITLI' and $vat > 0
    and round((number($sums/cbc:TaxInclusiveAmount) - number($sums/cbc:PayableAmount)) * 100) = round($vat * 100)"/>
  <!-- How many digits the widest line has to show: beyond some, its figures are set smaller, so that its name stays readable. -->
  <xsl:variable name="widest">
    <xsl:for-each select="$invoice/cac:InvoiceLine">
      <xsl:sort data-type="number" order="descending" select="string-length(cbc:InvoicedQuantity) + string-length(cac:Price/cbc:PriceAmount) + string-length(cac:AllowanceCharge/cbc:Amount)
        + string-length(cac:TaxTotal/cac:TaxSubtotal[1]/cbc:TaxAmount) + string-length(cac:TaxTotal/cac:TaxSubtotal[2]/cbc:TaxAmount) + string-length(cbc:LineExtensionAmount)"/>
      <xsl:if test="position() = 1">
        <xsl:value-of select="string-length(cbc:InvoicedQuantity) + string-length(cac:Price/cbc:PriceAmount) + string-length(cac:AllowanceCharge/cbc:Amount)
          + string-length(cac:TaxTotal/cac:TaxSubtotal[1]/cbc:TaxAmount) + string-length(cac:TaxTotal/cac:TaxSubtotal[2]/cbc:TaxAmount) + string-length(cbc:LineExtensionAmount)"/>
      </xsl:if>
    </xsl:for-each>
  </xsl:variable>

  <!-- ═══ the page ═══ -->

  <xsl:template match="/">
    <html lang="{$language}">
      <head>
        <meta charset="UTF-8"/>
        <title>
          <xsl:value-of select="normalize-space($invoice/cbc:ID)"/>
        </title>
        <style>
          <xsl:call-template name="style"/>
        </style>
      </head>
      <body>
        <xsl:apply-templates select="$invoice"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="inv:Invoice">
    <xsl:if test="not($signed)">
      <div class="watermark">
        <xsl:call-template name="label"><xsl:with-param name="of">draft</xsl:with-param></xsl:call-template>
      </div>
    </xsl:if>
    <table class="frame head">
      <tr>
        <td class="seller">
          <xsl:apply-templates select="cac:AccountingSupplierParty/cac:Party" mode="block">
            <xsl:with-param name="class">large</xsl:with-param>
          </xsl:apply-templates>
        </td>
        <td class="title">
          <h1>
            <xsl:choose>
              <xsl:when test="$archive">
                <xsl:call-template name="label"><xsl:with-param name="of">invoiceArchive</xsl:with-param></xsl:call-template>
              </xsl:when>
              <xsl:otherwise>
                <xsl:call-template name="label"><xsl:with-param name="of">invoice</xsl:with-param></xsl:call-template>
              </xsl:otherwise>
            </xsl:choose>
          </h1>
          <div class="kind">
            <xsl:call-template name="named">
              <xsl:with-param name="code" select="cbc:InvoiceTypeCode"/>
              <xsl:with-param name="tr" select="$types-tr"/>
              <xsl:with-param name="en" select="$types-en"/>
            </xsl:call-template>
          </div>
          <xsl:if test="not($signed)">
            <div class="unsigned">
              <xsl:call-template name="label"><xsl:with-param name="of">draftLong</xsl:with-param></xsl:call-template>
            </div>
          </xsl:if>
        </td>
        <xsl:if test="string($qr)">
          <td class="qr"><img src="{$qr}" alt="QR"/></td>
        </xsl:if>
      </tr>
    </table>
    <div class="rule"/>
    <table class="frame parties">
      <tr>
        <td class="buyer">
          <div class="caption">
            <xsl:call-template name="label"><xsl:with-param name="of">buyer</xsl:with-param></xsl:call-template>
          </div>
          <xsl:apply-templates select="cac:AccountingCustomerParty/cac:Party" mode="block"/>
          <xsl:apply-templates select="cac:BuyerCustomerParty/cac:Party" mode="captioned">
            <xsl:with-param name="caption">foreignBuyer</xsl:with-param>
          </xsl:apply-templates>
          <xsl:apply-templates select="cac:TaxRepresentativeParty" mode="captioned">
            <xsl:with-param name="caption">agent</xsl:with-param>
          </xsl:apply-templates>
          <xsl:apply-templates select="cac:Delivery"/>
        </td>
        <td class="facts"><xsl:call-template name="facts"/></td>
      </tr>
    </table>
    <xsl:call-template name="lines"/>
    <div class="closing">
      <table class="frame sums">
        <tr>
          <td class="taxes"><xsl:call-template name="taxes"/></td>
          <td class="totals"><xsl:call-template name="totals"/></td>
        </tr>
      </table>
      <xsl:call-template name="in-words"/>
    </div>
    <xsl:call-template name="statements"/>
    <xsl:call-template name="internet"/>
    <xsl:call-template name="payment"/>
    <xsl:call-template name="notes"/>
    <xsl:call-template name="slip"/>
  </xsl:template>

  <!-- ═══ parties ═══ -->

  <xsl:template match="cac:Party | cac:TaxRepresentativeParty | cac:CarrierParty" mode="block">
    <xsl:param name="class"/>
    <div class="party">
      <div class="name {$class}"><xsl:call-template name="party-name"/></div>
      <xsl:apply-templates select="cac:PostalAddress"/>
      <xsl:call-template name="contact"/>
      <xsl:call-template name="tax-identity"/>
    </div>
  </xsl:template>

  <xsl:template match="cac:Party | cac:TaxRepresentativeParty" mode="captioned">
    <xsl:param name="caption"/>
    <div class="caption further">
      <xsl:call-template name="label"><xsl:with-param name="of" select="$caption"/></xsl:call-template>
    </div>
    <xsl:apply-templates select="." mode="block"/>
  </xsl:template>

  <xsl:template name="party-name">
    <xsl:variable name="person" select="normalize-space(concat(cac:Person/cbc:FirstName, ' ', cac:Person/cbc:MiddleName, ' ', cac:Person/cbc:FamilyName))"/>
    <xsl:choose>
      <xsl:when test="normalize-space(cac:PartyName/cbc:Name)"><xsl:value-of select="normalize-space(cac:PartyName/cbc:Name)"/></xsl:when>
      <xsl:when test="$person"><xsl:value-of select="$person"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space(cac:PartyLegalEntity/cbc:RegistrationName)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="cac:PostalAddress | cac:DeliveryAddress">
    <xsl:variable name="street">
      <xsl:for-each select="cbc:Region | cbc:District | cbc:StreetName | cbc:BlockName | cbc:BuildingName | cbc:BuildingNumber | cbc:Room">
        <xsl:if test="normalize-space()"><xsl:value-of select="concat(normalize-space(), ' ')"/></xsl:if>
      </xsl:for-each>
    </xsl:variable>
    <xsl:if test="normalize-space($street)">
      <div><xsl:value-of select="normalize-space($street)"/></div>
    </xsl:if>
    <div>
      <xsl:value-of select="normalize-space(concat(cbc:PostalZone, ' ', cbc:CitySubdivisionName))"/>
      <xsl:if test="normalize-space(cbc:CitySubdivisionName) and normalize-space(cbc:CityName)"> / </xsl:if>
      <xsl:value-of select="normalize-space(cbc:CityName)"/>
      <xsl:variable name="country" select="normalize-space(cac:Country/cbc:Name)"/>
      <xsl:choose>
        <xsl:when test="string-length($country) > 2"><xsl:value-of select="concat(', ', $country)"/></xsl:when>
        <xsl:when test="$country or normalize-space(cac:Country/cbc:IdentificationCode)">
          <xsl:text>, </xsl:text>
          <xsl:call-template name="named">
            <xsl:with-param name="code" select="(cac:Country/cbc:IdentificationCode[normalize-space()] | cac:Country/cbc:Name[normalize-space()])[1]"/>
            <xsl:with-param name="tr" select="$countries-tr"/>
            <xsl:with-param name="en" select="$countries-en"/>
          </xsl:call-template>
        </xsl:when>
      </xsl:choose>
    </div>
  </xsl:template>

  <xsl:template name="contact">
    <xsl:variable name="known" select="cac:Contact/cbc:Telephone[normalize-space()] | cac:Contact/cbc:Telefax[normalize-space()] |
      cac:Contact/cbc:ElectronicMail[normalize-space()] | cbc:WebsiteURI[normalize-space()]"/>
    <xsl:if test="$known">
      <div class="joined">
        <xsl:for-each select="$known">
          <span>
            <i>
              <xsl:call-template name="label">
                <xsl:with-param name="of">
                  <xsl:choose>
                    <xsl:when test="self::cbc:Telephone">phone</xsl:when>
                    <xsl:when test="self::cbc:Telefax">fax</xsl:when>
                    <xsl:when test="self::cbc:ElectronicMail">email</xsl:when>
                    <xsl:otherwise>web</xsl:otherwise>
                  </xsl:choose>
                </xsl:with-param>
              </xsl:call-template>
            </i>
            <xsl:value-of select="concat(' ', normalize-space())"/>
          </span>
          <xsl:text> </xsl:text>
        </xsl:for-each>
      </div>
    </xsl:if>
  </xsl:template>

  <xsl:template name="tax-identity">
    <div class="joined">
      <xsl:if test="normalize-space(cac:PartyTaxScheme/cac:TaxScheme/cbc:Name)">
        <span>
          <i><xsl:call-template name="label"><xsl:with-param name="of">taxOffice</xsl:with-param></xsl:call-template></i>
          <xsl:value-of select="concat(' ', normalize-space(cac:PartyTaxScheme/cac:TaxScheme/cbc:Name))"/>
        </span>
        <xsl:text> </xsl:text>
      </xsl:if>
      <xsl:for-each select="cac:PartyIdentification/cbc:ID[normalize-space()][not(@schemeID = 'PARTYTYPE')]">
        <span>
          <i>
            <xsl:choose>
              <xsl:when test="@schemeID = 'VKN' or @schemeID = 'TCKN'">
                <xsl:call-template name="label"><xsl:with-param name="of" select="@schemeID"/></xsl:call-template>
              </xsl:when>
              <xsl:otherwise>
                <xsl:call-template name="named">
                  <xsl:with-param name="code" select="@schemeID"/>
                  <xsl:with-param name="tr" select="$schemes-tr"/>
                  <xsl:with-param name="en" select="$schemes-en"/>
                </xsl:call-template>
              </xsl:otherwise>
            </xsl:choose>
          </i>
          <xsl:value-of select="concat(' ', normalize-space())"/>
        </span>
        <xsl:text> </xsl:text>
      </xsl:for-each>
      <xsl:for-each select="cac:Person/cac:IdentityDocumentReference[normalize-space(cbc:ID)]">
        <span>
          <i><xsl:call-template name="label"><xsl:with-param name="of">passport</xsl:with-param></xsl:call-template></i>
          <xsl:value-of select="concat(' ', normalize-space(cbc:ID))"/>
          <xsl:if test="normalize-space(cbc:IssueDate)">
            <i class="beside"><xsl:call-template name="day"><xsl:with-param name="of" select="cbc:IssueDate"/></xsl:call-template></i>
          </xsl:if>
        </span>
        <xsl:text> </xsl:text>
      </xsl:for-each>
      <xsl:for-each select="cac:Person/cbc:NationalityID[normalize-space()]">
        <span>
          <i><xsl:call-template name="label"><xsl:with-param name="of">nationality</xsl:with-param></xsl:call-template></i>
          <xsl:text> </xsl:text>
          <xsl:call-template name="named">
            <xsl:with-param name="code" select="."/>
            <xsl:with-param name="tr" select="$countries-tr"/>
            <xsl:with-param name="en" select="$countries-en"/>
          </xsl:call-template>
        </span>
      </xsl:for-each>
    </div>
  </xsl:template>

  <xsl:template match="cac:Delivery">
    <xsl:if test="cac:DeliveryAddress or cac:DeliveryParty or cac:DeliveryTerms/cbc:ID or (normalize-space(cbc:ActualDeliveryDate) and not(cac:CarrierParty))">
      <div class="caption further">
        <xsl:call-template name="label"><xsl:with-param name="of">delivery</xsl:with-param></xsl:call-template>
      </div>
      <div class="party">
        <xsl:for-each select="cac:DeliveryParty"><div class="name"><xsl:call-template name="party-name"/></div></xsl:for-each>
        <xsl:apply-templates select="cac:DeliveryAddress"/>
        <div class="joined">
          <xsl:if test="normalize-space(cbc:ActualDeliveryDate)">
            <span>
              <xsl:call-template name="day"><xsl:with-param name="of" select="cbc:ActualDeliveryDate"/></xsl:call-template>
              <xsl:value-of select="concat(' ', substring(cbc:ActualDeliveryTime, 1, 5))"/>
            </span>
          </xsl:if>
          <xsl:for-each select="cac:DeliveryTerms/cbc:ID[normalize-space()]">
            <span>
              <i><xsl:call-template name="label"><xsl:with-param name="of">terms</xsl:with-param></xsl:call-template></i>
              <xsl:value-of select="concat(' ', normalize-space())"/>
            </span>
          </xsl:for-each>
        </div>
      </div>
    </xsl:if>
  </xsl:template>

  <!-- ═══ numbers, dates, references ═══ -->

  <xsl:template name="facts">
    <table class="pairs">
      <xsl:call-template name="fact"><xsl:with-param name="of">number</xsl:with-param><xsl:with-param name="is" select="cbc:ID"/><xsl:with-param name="class">strong</xsl:with-param></xsl:call-template>
      <tr>
        <th><xsl:call-template name="label"><xsl:with-param name="of">date</xsl:with-param></xsl:call-template></th>
        <td class="strong">
          <xsl:call-template name="day"><xsl:with-param name="of" select="cbc:IssueDate"/></xsl:call-template>
          <xsl:if test="normalize-space(cbc:IssueTime)"><xsl:value-of select="concat(' ', substring(normalize-space(cbc:IssueTime), 1, 5))"/></xsl:if>
        </td>
      </tr>
      <tr>
        <th>ETTN</th>
        <td class="ettn"><xsl:value-of select="normalize-space(cbc:UUID)"/></td>
      </tr>
      <tr>
        <th><xsl:call-template name="label"><xsl:with-param name="of">profile</xsl:with-param></xsl:call-template></th>
        <td>
          <xsl:call-template name="named">
            <xsl:with-param name="code" select="cbc:ProfileID"/>
            <xsl:with-param name="tr" select="$profiles-tr"/>
            <xsl:with-param name="en" select="$profiles-en"/>
          </xsl:call-template>
          <xsl:value-of select="concat(' (', normalize-space(cbc:CustomizationID), ')')"/>
        </td>
      </tr>
      <tr>
        <th><xsl:call-template name="label"><xsl:with-param name="of">type</xsl:with-param></xsl:call-template></th>
        <td>
          <xsl:call-template name="named">
            <xsl:with-param name="code" select="cbc:InvoiceTypeCode"/>
            <xsl:with-param name="tr" select="$types-tr"/>
            <xsl:with-param name="en" select="$types-en"/>
          </xsl:call-template>
        </td>
      </tr>
      <xsl:if test="$currency != 'TRY'">
        <xsl:call-template name="fact"><xsl:with-param name="of">currency</xsl:with-param><xsl:with-param name="is" select="$currency"/></xsl:call-template>
      </xsl:if>
      <xsl:if test="$exchange">
        <tr>
          <th><xsl:call-template name="label"><xsl:with-param name="of">exchange</xsl:with-param></xsl:call-template></th>
          <td>
            <xsl:value-of select="concat('1 ', normalize-space(cac:PricingExchangeRate/cbc:SourceCurrencyCode), ' = ')"/>
            <xsl:call-template name="decimal"><xsl:with-param name="of" select="$exchange"/></xsl:call-template>
            <xsl:text> </xsl:text>
            <xsl:call-template name="label"><xsl:with-param name="of">money</xsl:with-param></xsl:call-template>
          </td>
        </tr>
      </xsl:if>
      <xsl:for-each select="cac:InvoicePeriod">
        <tr>
          <th><xsl:call-template name="label"><xsl:with-param name="of">period</xsl:with-param></xsl:call-template></th>
          <td>
            <xsl:call-template name="moment"><xsl:with-param name="day" select="cbc:StartDate"/><xsl:with-param name="time" select="cbc:StartTime"/></xsl:call-template>
            <xsl:if test="normalize-space(cbc:EndDate)"> – </xsl:if>
            <xsl:call-template name="moment"><xsl:with-param name="day" select="cbc:EndDate"/><xsl:with-param name="time" select="cbc:EndTime"/></xsl:call-template>
            <xsl:value-of select="normalize-space(cbc:Description)"/>
          </td>
        </tr>
      </xsl:for-each>
      <xsl:call-template name="fact"><xsl:with-param name="of">accountingCost</xsl:with-param><xsl:with-param name="is" select="cbc:AccountingCost"/></xsl:call-template>
      <xsl:apply-templates select="cac:OrderReference" mode="fact"><xsl:with-param name="as">order</xsl:with-param></xsl:apply-templates>
      <xsl:apply-templates select="cac:DespatchDocumentReference" mode="fact"><xsl:with-param name="as">despatch</xsl:with-param></xsl:apply-templates>
      <xsl:apply-templates select="cac:ReceiptDocumentReference" mode="fact"><xsl:with-param name="as">receiptAdvice</xsl:with-param></xsl:apply-templates>
      <xsl:apply-templates select="cac:ContractDocumentReference" mode="fact"><xsl:with-param name="as">contract</xsl:with-param></xsl:apply-templates>
      <xsl:apply-templates select="cac:BillingReference/cac:InvoiceDocumentReference" mode="fact"><xsl:with-param name="as">returned</xsl:with-param></xsl:apply-templates>
      <xsl:apply-templates select="cac:BillingReference/cac:AdditionalDocumentReference" mode="slip"/>
    </table>
  </xsl:template>

  <xsl:template name="fact">
    <xsl:param name="of"/>
    <xsl:param name="is"/>
    <xsl:param name="class"/>
    <xsl:if test="normalize-space($is)">
      <tr>
        <th><xsl:call-template name="label"><xsl:with-param name="of" select="$of"/></xsl:call-template></th>
        <td class="{$class}"><xsl:value-of select="normalize-space($is)"/></td>
      </tr>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="fact">
    <xsl:param name="as"/>
    <tr>
      <th><xsl:call-template name="label"><xsl:with-param name="of" select="$as"/></xsl:call-template></th>
      <td>
        <xsl:if test="cbc:ID/@schemeID"><i><xsl:value-of select="concat(cbc:ID/@schemeID, ' ')"/></i></xsl:if>
        <xsl:value-of select="normalize-space(cbc:ID)"/>
        <xsl:if test="normalize-space(cbc:IssueDate)">
          <i class="beside"><xsl:call-template name="day"><xsl:with-param name="of" select="cbc:IssueDate"/></xsl:call-template></i>
        </xsl:if>
      </td>
    </tr>
  </xsl:template>

  <xsl:template match="*" mode="slip">
    <tr>
      <th><xsl:call-template name="label"><xsl:with-param name="of">receipt</xsl:with-param></xsl:call-template></th>
      <td>
        <xsl:value-of select="normalize-space(cbc:ID)"/>
        <i class="beside">
          <xsl:call-template name="moment"><xsl:with-param name="day" select="cbc:IssueDate"/><xsl:with-param name="time" select="cac:ValidityPeriod/cbc:StartTime"/></xsl:call-template>
        </i>
        <div class="small">
          <xsl:call-template name="named">
            <xsl:with-param name="code" select="cbc:DocumentDescription"/>
            <xsl:with-param name="tr" select="$slips-tr"/>
            <xsl:with-param name="en" select="$slips-en"/>
          </xsl:call-template>
          <xsl:if test="normalize-space(cac:Attachment/cac:ExternalReference/cbc:URI)"><xsl:value-of select="concat(' · Z ', normalize-space(cac:Attachment/cac:ExternalReference/cbc:URI))"/></xsl:if>
          <xsl:if test="normalize-space(cac:IssuerParty/cbc:EndpointID)"><xsl:value-of select="concat(' · ', normalize-space(cac:IssuerParty/cbc:EndpointID))"/></xsl:if>
        </div>
      </td>
    </tr>
  </xsl:template>

  <!-- ═══ lines ═══ -->

  <xsl:template name="lines">
    <table class="lines">
      <xsl:choose>
        <xsl:when test="$widest > 62"><xsl:attribute name="class">lines packed</xsl:attribute></xsl:when>
        <xsl:when test="$widest > 48"><xsl:attribute name="class">lines dense</xsl:attribute></xsl:when>
      </xsl:choose>
      <thead>
        <tr>
          <th class="no"><xsl:call-template name="label"><xsl:with-param name="of">no</xsl:with-param></xsl:call-template></th>
          <th class="item"><xsl:call-template name="label"><xsl:with-param name="of">item</xsl:with-param></xsl:call-template></th>
          <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">quantity</xsl:with-param></xsl:call-template></th>
          <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">price</xsl:with-param></xsl:call-template></th>
          <xsl:if test="$discounted">
            <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">allowance</xsl:with-param></xsl:call-template></th>
          </xsl:if>
          <xsl:if test="$vatted">
            <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">vatRate</xsl:with-param></xsl:call-template></th>
            <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">vat</xsl:with-param></xsl:call-template></th>
          </xsl:if>
          <xsl:if test="$otherTaxed">
            <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">otherTaxes</xsl:with-param></xsl:call-template></th>
          </xsl:if>
          <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">amount</xsl:with-param></xsl:call-template></th>
        </tr>
      </thead>
      <tbody>
        <xsl:apply-templates select="cac:InvoiceLine"/>
      </tbody>
    </table>
  </xsl:template>

  <xsl:template match="cac:InvoiceLine">
    <tr>
      <td class="no"><xsl:value-of select="normalize-space(cbc:ID)"/></td>
      <td class="item"><xsl:call-template name="item"/></td>
      <td class="figure quantity">
        <span class="whole"><xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:InvoicedQuantity"/><xsl:with-param name="places" select="0"/></xsl:call-template></span>
        <xsl:text> </xsl:text>
        <span class="unit">
          <xsl:call-template name="named">
            <xsl:with-param name="code" select="cbc:InvoicedQuantity/@unitCode"/>
            <xsl:with-param name="tr" select="concat($units-tr, $rare-units)"/>
            <xsl:with-param name="en" select="concat($units-en, $rare-units)"/>
          </xsl:call-template>
        </span>
      </td>
      <td class="figure"><span class="whole"><xsl:call-template name="decimal"><xsl:with-param name="of" select="cac:Price/cbc:PriceAmount"/></xsl:call-template></span></td>
      <xsl:if test="$discounted">
        <td class="figure"><xsl:apply-templates select="cac:AllowanceCharge" mode="of-line"/></td>
      </xsl:if>
      <xsl:variable name="vat" select="cac:TaxTotal/cac:TaxSubtotal[normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode) = '0015']"/>
      <xsl:if test="$vatted">
        <td class="figure">
          <xsl:for-each select="$vat/cbc:Percent[normalize-space()]">
            <div><xsl:call-template name="percent"><xsl:with-param name="of" select="."/></xsl:call-template></div>
          </xsl:for-each>
        </td>
        <td class="figure">
          <xsl:for-each select="$vat">
            <div class="whole"><xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:TaxAmount"/></xsl:call-template></div>
          </xsl:for-each>
        </td>
      </xsl:if>
      <xsl:if test="$otherTaxed">
        <td class="figure"><xsl:apply-templates select="cac:TaxTotal/cac:TaxSubtotal[normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode) != '0015']" mode="of-line"/></td>
      </xsl:if>
      <td class="figure strong"><span class="whole"><xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:LineExtensionAmount"/></xsl:call-template></span></td>
    </tr>
  </xsl:template>

  <xsl:template name="item">
    <div class="what"><xsl:value-of select="normalize-space(cac:Item/cbc:Name)"/></div>
    <xsl:variable name="described" select="cac:Item/cbc:Description[normalize-space()] | cac:Item/cbc:BrandName[normalize-space()] | cac:Item/cbc:ModelName[normalize-space()]"/>
    <xsl:if test="$described">
      <div class="small">
        <xsl:for-each select="$described">
          <xsl:if test="position() > 1"> · </xsl:if>
          <xsl:value-of select="normalize-space()"/>
        </xsl:for-each>
      </div>
    </xsl:if>
    <xsl:variable name="marks" select="cac:Item/*/cbc:ID[normalize-space()][not(parent::cac:OriginCountry)] | cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode[normalize-space()] |
      cac:Item/cac:ItemInstance/cbc:*[normalize-space()] | cac:Delivery/cac:Shipment/cac:GoodsItem/cbc:RequiredCustomsID[normalize-space()] |
      cac:Delivery//cac:CustomsDeclaration//cbc:ID[normalize-space()]"/>
    <xsl:if test="$marks">
      <div class="small joined">
        <xsl:for-each select="$marks">
          <span>
            <xsl:choose>
              <xsl:when test="self::cbc:RequiredCustomsID">
                <i><xsl:call-template name="label"><xsl:with-param name="of">gtip</xsl:with-param></xsl:call-template><xsl:text> </xsl:text></i>
              </xsl:when>
              <xsl:when test="@schemeID"><i><xsl:value-of select="concat(@schemeID, ' ')"/></i></xsl:when>
              <xsl:when test="self::cbc:ProductTraceID or self::cbc:SerialID"><i><xsl:call-template name="label"><xsl:with-param name="of" select="local-name()"/></xsl:call-template><xsl:text> </xsl:text></i></xsl:when>
            </xsl:choose>
            <xsl:value-of select="normalize-space()"/>
          </span>
          <xsl:text> </xsl:text>
        </xsl:for-each>
      </div>
    </xsl:if>
    <xsl:for-each select="cac:Delivery[cac:DeliveryAddress or cac:DeliveryTerms/cbc:ID]">
      <div class="small joined">
        <xsl:for-each select="cac:DeliveryTerms/cbc:ID[normalize-space()]">
          <span>
            <i><xsl:call-template name="label"><xsl:with-param name="of">terms</xsl:with-param></xsl:call-template></i>
            <xsl:value-of select="concat(' ', normalize-space())"/>
          </span>
          <xsl:text> </xsl:text>
        </xsl:for-each>
        <xsl:for-each select=".//cbc:TransportModeCode[normalize-space()]">
          <span>
            <i><xsl:call-template name="label"><xsl:with-param name="of">transport</xsl:with-param></xsl:call-template></i>
            <xsl:text> </xsl:text>
            <xsl:call-template name="named"><xsl:with-param name="code" select="."/><xsl:with-param name="tr" select="$modes-tr"/><xsl:with-param name="en" select="$modes-en"/></xsl:call-template>
          </span>
        </xsl:for-each>
      </div>
      <xsl:if test="cac:DeliveryAddress"><div class="small"><xsl:apply-templates select="cac:DeliveryAddress"/></div></xsl:if>
    </xsl:for-each>
    <xsl:for-each select="cbc:Note[normalize-space()]">
      <div class="small"><xsl:value-of select="normalize-space()"/></div>
    </xsl:for-each>
    <xsl:for-each select="cac:WithholdingTaxTotal/cac:TaxSubtotal">
      <div class="small">
        <xsl:call-template name="label"><xsl:with-param name="of">withholding</xsl:with-param></xsl:call-template>
        <xsl:value-of select="concat(' ', normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode), ' ')"/>
        <xsl:call-template name="percent"><xsl:with-param name="of" select="cbc:Percent"/></xsl:call-template>
        <xsl:text>: </xsl:text>
        <xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:TaxAmount"/></xsl:call-template>
      </div>
    </xsl:for-each>
    <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReasonCode[normalize-space()][not(. = $invoice/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReasonCode)]">
      <div class="small"><xsl:value-of select="concat(normalize-space(), ' ', normalize-space(../cbc:TaxExemptionReason))"/></div>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="cac:AllowanceCharge" mode="of-line">
    <div>
      <span class="whole">
        <xsl:call-template name="charge-sign"/>
        <xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:Amount"/></xsl:call-template>
      </span>
    </div>
    <!-- What was said; an allowance of a few kuruş does not show its percentage. Some write 10 there, others 0.1. -->
    <xsl:variable name="factor" select="number(cbc:MultiplierFactorNumeric)"/>
    <xsl:variable name="part">
      <xsl:choose>
        <xsl:when test="$factor > 0 and $factor &lt;= 1"><xsl:value-of select="round($factor * 1000000) div 10000"/></xsl:when>
        <xsl:when test="$factor > 1"><xsl:value-of select="$factor"/></xsl:when>
        <xsl:when test="number(cbc:BaseAmount) > 0"><xsl:value-of select="round(number(cbc:Amount) div number(cbc:BaseAmount) * 10000) div 100"/></xsl:when>
      </xsl:choose>
    </xsl:variable>
    <xsl:variable name="reason" select="normalize-space(cbc:AllowanceChargeReason)"/>
    <xsl:if test="$reason or string($part)">
      <div class="small">
        <xsl:if test="string($part)"><xsl:call-template name="percent"><xsl:with-param name="of" select="format-number($part, '0.####')"/></xsl:call-template></xsl:if>
        <xsl:value-of select="concat(' ', $reason)"/>
      </div>
    </xsl:if>
  </xsl:template>

  <xsl:template name="charge-sign">
    <xsl:choose>
      <xsl:when test="normalize-space(cbc:ChargeIndicator) = 'true'">+</xsl:when>
      <xsl:when test="number(cbc:Amount) > 0">−</xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="cac:TaxSubtotal" mode="of-line">
    <div class="whole">
      <xsl:call-template name="kept-back-sign"/>
      <xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:TaxAmount"/></xsl:call-template>
    </div>
    <div class="small">
      <xsl:call-template name="tax-name"/>
      <xsl:text> </xsl:text>
      <xsl:if test="normalize-space(cbc:Percent)"><xsl:call-template name="percent"><xsl:with-param name="of" select="cbc:Percent"/></xsl:call-template></xsl:if>
    </div>
  </xsl:template>

  <!-- A tax that the buyer keeps back and pays himself: income tax withheld, for one. -->
  <xsl:template name="kept-back-sign">
    <xsl:if test="contains($withheld, concat('|', normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode), '|')) and number(cbc:TaxAmount) > 0">−</xsl:if>
  </xsl:template>

  <!-- ═══ taxes and totals ═══ -->

  <xsl:template name="tax-name">
    <xsl:variable name="code" select="normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode)"/>
    <xsl:variable name="own" select="normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:Name)"/>
    <xsl:choose>
      <xsl:when test="$code = '0015'"><xsl:call-template name="label"><xsl:with-param name="of">vat</xsl:with-param></xsl:call-template></xsl:when>
      <xsl:when test="$language != 'en' and $own"><xsl:value-of select="$own"/></xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="named">
          <xsl:with-param name="code" select="$code"/>
          <xsl:with-param name="tr" select="$taxes-tr"/>
          <xsl:with-param name="en" select="$taxes-en"/>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="taxes">
    <table class="grid">
      <thead>
        <tr>
          <th><xsl:call-template name="label"><xsl:with-param name="of">tax</xsl:with-param></xsl:call-template></th>
          <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">base</xsl:with-param></xsl:call-template></th>
          <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">rate</xsl:with-param></xsl:call-template></th>
          <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">amount</xsl:with-param></xsl:call-template></th>
        </tr>
      </thead>
      <tbody>
        <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal">
          <tr>
            <td>
              <xsl:call-template name="tax-name"/>
              <xsl:if test="normalize-space(cbc:CalculationSequenceNumeric) = '-1'">
                <div class="small"><xsl:call-template name="label"><xsl:with-param name="of">deferred</xsl:with-param></xsl:call-template></div>
              </xsl:if>
            </td>
            <xsl:call-template name="tax-figures"/>
          </tr>
        </xsl:for-each>
        <xsl:for-each select="cac:WithholdingTaxTotal/cac:TaxSubtotal">
          <tr>
            <td>
              <xsl:call-template name="label"><xsl:with-param name="of">withholding</xsl:with-param></xsl:call-template>
              <xsl:variable name="code" select="normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode)"/>
              <div class="small">
                <xsl:value-of select="concat($code, ' ')"/>
                <xsl:variable name="name">
                  <xsl:call-template name="named">
                    <xsl:with-param name="code" select="$code"/>
                    <xsl:with-param name="tr" select="$withholdings-tr"/>
                    <xsl:with-param name="en" select="$withholdings-en"/>
                  </xsl:call-template>
                </xsl:variable>
                <xsl:choose>
                  <xsl:when test="string($name) != $code"><xsl:value-of select="$name"/></xsl:when>
                  <xsl:otherwise><xsl:value-of select="normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:Name)"/></xsl:otherwise>
                </xsl:choose>
              </div>
            </td>
            <xsl:call-template name="tax-figures"/>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
    <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory[normalize-space(cbc:TaxExemptionReason) or normalize-space(cbc:TaxExemptionReasonCode)]">
      <div class="reason">
        <i><xsl:call-template name="label"><xsl:with-param name="of">exemption</xsl:with-param></xsl:call-template></i>
        <xsl:value-of select="concat(' ', normalize-space(concat(cbc:TaxExemptionReasonCode, ' ', cbc:TaxExemptionReason)))"/>
      </div>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="tax-figures">
    <td class="figure"><xsl:if test="normalize-space(cbc:TaxableAmount)"><xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:TaxableAmount"/></xsl:call-template></xsl:if></td>
    <td class="figure"><xsl:if test="normalize-space(cbc:Percent)"><xsl:call-template name="percent"><xsl:with-param name="of" select="cbc:Percent"/></xsl:call-template></xsl:if></td>
    <td class="figure"><xsl:call-template name="decimal"><xsl:with-param name="of" select="cbc:TaxAmount"/></xsl:call-template></td>
  </xsl:template>

  <xsl:template name="totals">
    <table class="pairs">
      <xsl:for-each select="cac:LegalMonetaryTotal">
        <xsl:call-template name="total"><xsl:with-param name="of">lines</xsl:with-param><xsl:with-param name="is" select="cbc:LineExtensionAmount"/></xsl:call-template>
        <xsl:if test="cbc:AllowanceTotalAmount[number() > 0 or number() &lt; 0]">
          <xsl:call-template name="total"><xsl:with-param name="of">allowances</xsl:with-param><xsl:with-param name="is" select="cbc:AllowanceTotalAmount"/></xsl:call-template>
        </xsl:if>
        <xsl:if test="cbc:ChargeTotalAmount[number() > 0 or number() &lt; 0]">
          <xsl:call-template name="total"><xsl:with-param name="of">charges</xsl:with-param><xsl:with-param name="is" select="cbc:ChargeTotalAmount"/></xsl:call-template>
        </xsl:if>
        <xsl:for-each select="../cac:AllowanceCharge[normalize-space(cbc:AllowanceChargeReason)]">
          <tr class="small">
            <th><xsl:value-of select="normalize-space(cbc:AllowanceChargeReason)"/></th>
            <td><xsl:call-template name="charge-sign"/><xsl:call-template name="money"><xsl:with-param name="of" select="cbc:Amount"/></xsl:call-template></td>
          </tr>
        </xsl:for-each>
        <xsl:call-template name="total"><xsl:with-param name="of">exclusive</xsl:with-param><xsl:with-param name="is" select="cbc:TaxExclusiveAmount"/></xsl:call-template>
      </xsl:for-each>
      <!-- What is added here; what is kept back stands below, and what is only computed stands in the table of taxes. -->
      <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal[not(normalize-space(cbc:CalculationSequenceNumeric) = '-1')]
        [not(contains($withheld, concat('|', normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode), '|')))]">
        <tr>
          <th>
            <xsl:if test="$language != 'en'"><xsl:call-template name="label"><xsl:with-param name="of">computed</xsl:with-param></xsl:call-template><xsl:text> </xsl:text></xsl:if>
            <xsl:call-template name="tax-with-rate"/>
            <xsl:if test="$included and normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode) = '0015'">
              <div class="small"><xsl:call-template name="label"><xsl:with-param name="of">included</xsl:with-param></xsl:call-template></div>
            </xsl:if>
          </th>
          <td><xsl:call-template name="money"><xsl:with-param name="of" select="cbc:TaxAmount"/></xsl:call-template></td>
        </tr>
      </xsl:for-each>
      <xsl:for-each select="cac:LegalMonetaryTotal">
        <xsl:call-template name="total"><xsl:with-param name="of">inclusive</xsl:with-param><xsl:with-param name="is" select="cbc:TaxInclusiveAmount"/></xsl:call-template>
      </xsl:for-each>
      <xsl:for-each select="cac:WithholdingTaxTotal/cac:TaxSubtotal">
        <tr>
          <th>
            <xsl:call-template name="label"><xsl:with-param name="of">withholding</xsl:with-param></xsl:call-template>
            <xsl:value-of select="concat(' (', normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode), ', ')"/>
            <xsl:call-template name="percent"><xsl:with-param name="of" select="cbc:Percent"/></xsl:call-template>
            <xsl:text>)</xsl:text>
          </th>
          <td><xsl:call-template name="money"><xsl:with-param name="of" select="concat('-', normalize-space(cbc:TaxAmount))"/></xsl:call-template></td>
        </tr>
      </xsl:for-each>
      <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal[contains($withheld, concat('|', normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode), '|'))]
        [not(normalize-space(cbc:CalculationSequenceNumeric) = '-1')]">
        <tr>
          <th><xsl:call-template name="tax-with-rate"/></th>
          <td><xsl:call-template name="money"><xsl:with-param name="of" select="concat('-', normalize-space(cbc:TaxAmount))"/></xsl:call-template></td>
        </tr>
      </xsl:for-each>
      <xsl:if test="$uncollected">
        <xsl:call-template name="total"><xsl:with-param name="of">deferredVat</xsl:with-param><xsl:with-param name="is" select="format-number(-$vat, '0.00')"/></xsl:call-template>
      </xsl:if>
      <xsl:for-each select="cac:LegalMonetaryTotal">
        <xsl:if test="cbc:PayableRoundingAmount[number() > 0 or number() &lt; 0]">
          <xsl:call-template name="total"><xsl:with-param name="of">rounding</xsl:with-param><xsl:with-param name="is" select="cbc:PayableRoundingAmount"/></xsl:call-template>
        </xsl:if>
        <xsl:call-template name="total"><xsl:with-param name="of">payable</xsl:with-param><xsl:with-param name="is" select="cbc:PayableAmount"/><xsl:with-param name="class">payable</xsl:with-param></xsl:call-template>
      </xsl:for-each>
    </table>
    <xsl:if test="$currency != 'TRY' and number($exchange) > 0">
      <div class="caption lira"><xsl:call-template name="label"><xsl:with-param name="of">inLira</xsl:with-param></xsl:call-template></div>
      <table class="pairs">
        <!-- Each sum in lira and kuruş; taxes and deductions are what lies between them, so that the column adds up. -->
        <xsl:variable name="exclusive" select="round(number($sums/cbc:TaxExclusiveAmount) * number($exchange) * 100)"/>
        <xsl:variable name="inclusive" select="round(number($sums/cbc:TaxInclusiveAmount) * number($exchange) * 100)"/>
        <xsl:variable name="payable" select="round(number($sums/cbc:PayableAmount) * number($exchange) * 100)"/>
        <xsl:call-template name="in-lira"><xsl:with-param name="of">exclusive</xsl:with-param><xsl:with-param name="kurus" select="$exclusive"/></xsl:call-template>
        <xsl:call-template name="in-lira"><xsl:with-param name="of">taxes</xsl:with-param><xsl:with-param name="kurus" select="$inclusive - $exclusive"/></xsl:call-template>
        <xsl:call-template name="in-lira"><xsl:with-param name="of">inclusive</xsl:with-param><xsl:with-param name="kurus" select="$inclusive"/></xsl:call-template>
        <xsl:if test="$payable &lt; $inclusive">
          <xsl:call-template name="in-lira"><xsl:with-param name="of">deducted</xsl:with-param><xsl:with-param name="kurus" select="$payable - $inclusive"/></xsl:call-template>
        </xsl:if>
        <xsl:call-template name="in-lira"><xsl:with-param name="of">payable</xsl:with-param><xsl:with-param name="kurus" select="$payable"/></xsl:call-template>
      </table>
    </xsl:if>
  </xsl:template>

  <xsl:template name="tax-with-rate">
    <xsl:call-template name="tax-name"/>
    <xsl:if test="normalize-space(cbc:Percent)">
      <xsl:text> (</xsl:text>
      <xsl:call-template name="percent"><xsl:with-param name="of" select="cbc:Percent"/></xsl:call-template>
      <xsl:text>)</xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template name="total">
    <xsl:param name="of"/>
    <xsl:param name="is"/>
    <xsl:param name="class"/>
    <tr class="{$class}">
      <th><xsl:call-template name="label"><xsl:with-param name="of" select="$of"/></xsl:call-template></th>
      <td><xsl:call-template name="money"><xsl:with-param name="of" select="$is"/></xsl:call-template></td>
    </tr>
  </xsl:template>

  <xsl:template name="in-lira">
    <xsl:param name="of"/>
    <xsl:param name="kurus"/>
    <tr>
      <th><xsl:call-template name="label"><xsl:with-param name="of" select="$of"/></xsl:call-template></th>
      <td>
        <xsl:call-template name="decimal"><xsl:with-param name="of" select="format-number($kurus div 100, '0.00')"/></xsl:call-template>
        <xsl:text> </xsl:text>
        <xsl:call-template name="label"><xsl:with-param name="of">money</xsl:with-param></xsl:call-template>
      </td>
    </tr>
  </xsl:template>

  <!-- The note that says it already, else reckoned from the payable amount. -->
  <xsl:template name="in-words">
    <xsl:variable name="said" select="cbc:Note[starts-with(translate(normalize-space(), $upper, $lower), 'yalnız')][1]"/>
    <div class="words">
      <i><xsl:call-template name="label"><xsl:with-param name="of">words</xsl:with-param></xsl:call-template></i>
      <xsl:text> </xsl:text>
      <xsl:choose>
        <xsl:when test="$said"><xsl:value-of select="normalize-space($said)"/></xsl:when>
        <xsl:otherwise>
          <xsl:call-template name="spelled"><xsl:with-param name="amount" select="normalize-space(cac:LegalMonetaryTotal/cbc:PayableAmount)"/></xsl:call-template>
        </xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

  <!-- ═══ below the totals ═══ -->

  <xsl:template name="statements">
    <xsl:variable name="everything">
      <xsl:for-each select="cbc:Note | $references/cbc:*"><xsl:value-of select="concat(normalize-space(), '|')"/></xsl:for-each>
    </xsl:variable>
    <xsl:variable name="all" select="translate($everything, $upper, $lower)"/>
    <div class="statements">
      <xsl:if test="$archive and $sending[cbc:DocumentType = 'ELEKTRONIK' or cbc:ID = 'ELEKTRONIK'] and not(contains($all, 'elektronik ortamda iletil'))">
        <p><xsl:call-template name="label"><xsl:with-param name="of">electronic</xsl:with-param></xsl:call-template></p>
      </xsl:if>
      <xsl:if test="contains($all, 'irsaliye yerine geçer')">
        <p><xsl:call-template name="label"><xsl:with-param name="of">replacesDespatch</xsl:with-param></xsl:call-template></p>
      </xsl:if>
      <xsl:if test="$internet">
        <p><xsl:call-template name="label"><xsl:with-param name="of">internet</xsl:with-param></xsl:call-template></p>
      </xsl:if>
    </div>
    <xsl:if test="$archive and $sending[cbc:DocumentType = 'KAGIT' or cbc:ID = 'KAGIT']">
      <div class="stamp"><xsl:call-template name="label"><xsl:with-param name="of">signature</xsl:with-param></xsl:call-template></div>
    </xsl:if>
  </xsl:template>

  <xsl:template name="payment">
    <xsl:if test="cac:PaymentMeans or cac:PaymentTerms">
      <div class="section">
        <div class="caption"><xsl:call-template name="label"><xsl:with-param name="of">payment</xsl:with-param></xsl:call-template></div>
        <xsl:for-each select="cac:PaymentMeans">
          <div class="joined">
            <span>
              <xsl:call-template name="named">
                <xsl:with-param name="code" select="cbc:PaymentMeansCode"/>
                <xsl:with-param name="tr" select="$means-tr"/>
                <xsl:with-param name="en" select="$means-en"/>
              </xsl:call-template>
            </span>
            <xsl:text> </xsl:text>
            <xsl:if test="normalize-space(cbc:PaymentDueDate)">
              <span>
                <i><xsl:call-template name="label"><xsl:with-param name="of">due</xsl:with-param></xsl:call-template></i>
                <xsl:text> </xsl:text>
                <xsl:call-template name="day"><xsl:with-param name="of" select="cbc:PaymentDueDate"/></xsl:call-template>
              </span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="normalize-space(cbc:PaymentChannelCode)">
              <span>
                <i><xsl:call-template name="label"><xsl:with-param name="of">channel</xsl:with-param></xsl:call-template></i>
                <xsl:value-of select="concat(' ', normalize-space(cbc:PaymentChannelCode))"/>
              </span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="normalize-space(cac:PayeeFinancialAccount/cbc:ID)">
              <span>
                <i><xsl:call-template name="label"><xsl:with-param name="of">account</xsl:with-param></xsl:call-template></i>
                <xsl:text> </xsl:text>
                <b><xsl:call-template name="fours"><xsl:with-param name="of" select="translate(normalize-space(cac:PayeeFinancialAccount/cbc:ID), ' ', '')"/></xsl:call-template></b>
                <xsl:value-of select="concat(' ', normalize-space(cac:PayeeFinancialAccount/cbc:CurrencyCode))"/>
              </span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="normalize-space(cbc:InstructionNote)"><span><xsl:value-of select="normalize-space(cbc:InstructionNote)"/></span></xsl:if>
          </div>
        </xsl:for-each>
        <xsl:for-each select="cac:PaymentTerms">
          <div class="joined">
            <xsl:if test="normalize-space(cbc:Note)"><span><xsl:value-of select="normalize-space(cbc:Note)"/></span><xsl:text> </xsl:text></xsl:if>
            <xsl:if test="normalize-space(cbc:PaymentDueDate)">
              <span>
                <i><xsl:call-template name="label"><xsl:with-param name="of">due</xsl:with-param></xsl:call-template></i>
                <xsl:text> </xsl:text>
                <xsl:call-template name="day"><xsl:with-param name="of" select="cbc:PaymentDueDate"/></xsl:call-template>
              </span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="normalize-space(cbc:Amount)"><span><xsl:call-template name="money"><xsl:with-param name="of" select="cbc:Amount"/></xsl:call-template></span><xsl:text> </xsl:text></xsl:if>
            <xsl:if test="normalize-space(cbc:PenaltySurchargePercent)">
              <span>
                <i><xsl:call-template name="label"><xsl:with-param name="of">penalty</xsl:with-param></xsl:call-template></i>
                <xsl:text> </xsl:text>
                <xsl:call-template name="percent"><xsl:with-param name="of" select="cbc:PenaltySurchargePercent"/></xsl:call-template>
              </span>
            </xsl:if>
          </div>
        </xsl:for-each>
      </div>
    </xsl:if>
  </xsl:template>

  <xsl:template name="notes">
    <xsl:variable name="notes" select="cbc:Note[normalize-space()][not(starts-with(translate(normalize-space(), $upper, $lower), 'yalnız'))]
      [translate(translate(normalize-space(), $upper, $lower), '.', '') != 'irsaliye yerine geçer']
      [not(starts-with(normalize-space(), '##internetSatis_'))][not($internet) or not(contains(., 'internet üzerinden yapılmıştır'))]"/>
    <xsl:if test="$notes">
      <div class="section">
        <div class="caption"><xsl:call-template name="label"><xsl:with-param name="of">notes</xsl:with-param></xsl:call-template></div>
        <xsl:for-each select="$notes"><p class="note"><xsl:value-of select="."/></p></xsl:for-each>
      </div>
    </xsl:if>
    <xsl:variable name="others" select="($references | cac:OriginatorDocumentReference)[not(count(. | $sending | $sale | $templates) = count($sending | $sale | $templates))][not(cbc:ID = 'irsaliyeYerineGecer')]"/>
    <xsl:if test="$others">
      <div class="section">
        <div class="caption"><xsl:call-template name="label"><xsl:with-param name="of">otherDocuments</xsl:with-param></xsl:call-template></div>
        <div class="joined">
          <xsl:for-each select="$others">
            <span>
              <xsl:variable name="what" select="normalize-space(concat(cbc:DocumentTypeCode, ' ', cbc:DocumentType, ' ', cbc:DocumentDescription))"/>
              <xsl:if test="$what"><i><xsl:value-of select="concat($what, ' ')"/></i></xsl:if>
              <xsl:if test="cbc:ID/@schemeID"><i><xsl:value-of select="concat(cbc:ID/@schemeID, ' ')"/></i></xsl:if>
              <xsl:value-of select="normalize-space(cbc:ID)"/>
              <xsl:if test="normalize-space(cbc:IssueDate)">
                <i class="beside"><xsl:call-template name="day"><xsl:with-param name="of" select="cbc:IssueDate"/></xsl:call-template></i>
              </xsl:if>
              <xsl:if test="normalize-space(cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename)">
                <xsl:text> </xsl:text>
                <i><xsl:call-template name="label"><xsl:with-param name="of">attachment</xsl:with-param></xsl:call-template></i>
                <xsl:value-of select="concat(' ', normalize-space(cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename))"/>
              </xsl:if>
            </span>
            <xsl:text> </xsl:text>
          </xsl:for-each>
        </div>
      </div>
    </xsl:if>
  </xsl:template>

  <!-- What a sale on the internet must show on paper: beside payment and notes, so that a short invoice is one page. -->
  <xsl:template name="internet">
    <xsl:if test="$internet">
      <div class="section internet">
        <xsl:if test="cac:PaymentMeans or cac:PaymentTerms"><xsl:attribute name="class">section internet aside</xsl:attribute></xsl:if>
        <div class="caption"><xsl:call-template name="label"><xsl:with-param name="of">internetTitle</xsl:with-param></xsl:call-template></div>
        <table class="pairs wide">
          <xsl:call-template name="fact"><xsl:with-param name="of">webSite</xsl:with-param>
            <xsl:with-param name="is">
              <xsl:call-template name="sold"><xsl:with-param name="path">webAdresi</xsl:with-param><xsl:with-param name="code">EXT_ONLINE_STORE_URL</xsl:with-param><xsl:with-param name="valued">INTWEBSITE</xsl:with-param>
                <xsl:with-param name="else" select="($sale/cac:IssuerParty/cbc:WebsiteURI | cac:AccountingSupplierParty/cac:Party/cbc:WebsiteURI)[1]"/>
              </xsl:call-template>
            </xsl:with-param>
          </xsl:call-template>
          <xsl:variable name="method">
            <xsl:call-template name="sold"><xsl:with-param name="path">odemeSekli</xsl:with-param><xsl:with-param name="code">EXT_PAYMENT_METHOD</xsl:with-param><xsl:with-param name="valued">INTPAYMENTMETHOD</xsl:with-param>
              <xsl:with-param name="else" select="$sale[cbc:DocumentTypeCode = 'ODEME_SEKLI']/cbc:DocumentType"/>
            </xsl:call-template>
          </xsl:variable>
          <xsl:call-template name="fact"><xsl:with-param name="of">means</xsl:with-param>
            <xsl:with-param name="is">
              <xsl:choose>
                <xsl:when test="string($method)">
                  <xsl:call-template name="named"><xsl:with-param name="code" select="$method"/><xsl:with-param name="tr" select="$channels-tr"/><xsl:with-param name="en" select="$channels-en"/></xsl:call-template>
                </xsl:when>
                <xsl:otherwise>
                  <xsl:call-template name="named"><xsl:with-param name="code" select="cac:PaymentMeans[1]/cbc:PaymentMeansCode"/><xsl:with-param name="tr" select="$means-tr"/><xsl:with-param name="en" select="$means-en"/></xsl:call-template>
                </xsl:otherwise>
              </xsl:choose>
            </xsl:with-param>
          </xsl:call-template>
          <xsl:call-template name="fact"><xsl:with-param name="of">intermediary</xsl:with-param>
            <xsl:with-param name="is"><xsl:call-template name="sold"><xsl:with-param name="path">odemeAracisiAdi</xsl:with-param></xsl:call-template></xsl:with-param>
          </xsl:call-template>
          <xsl:call-template name="dated"><xsl:with-param name="of">paid</xsl:with-param>
            <xsl:with-param name="is">
              <xsl:call-template name="sold"><xsl:with-param name="path">odemeTarihi</xsl:with-param><xsl:with-param name="code">EXT_PAYMENT_DATE</xsl:with-param><xsl:with-param name="valued">INTPAYMENTDATE</xsl:with-param>
                <xsl:with-param name="else" select="cac:PaymentMeans[$sale/cbc:DocumentTypeCode = 'EArchiveType']/cbc:PaymentDueDate"/>
              </xsl:call-template>
            </xsl:with-param>
          </xsl:call-template>
          <xsl:call-template name="dated"><xsl:with-param name="of">consigned</xsl:with-param>
            <xsl:with-param name="is">
              <xsl:call-template name="sold"><xsl:with-param name="path">gonderiBilgileri/gonderimTarihi</xsl:with-param><xsl:with-param name="else" select="cac:Delivery/cbc:ActualDeliveryDate"/></xsl:call-template>
            </xsl:with-param>
          </xsl:call-template>
          <xsl:call-template name="fact"><xsl:with-param name="of">carrier</xsl:with-param>
            <xsl:with-param name="is">
              <xsl:for-each select="cac:Delivery/cac:CarrierParty[1]"><xsl:call-template name="party-name"/><xsl:value-of select="concat(' ', cac:PartyIdentification/cbc:ID)"/></xsl:for-each>
              <xsl:call-template name="sold"><xsl:with-param name="path">gonderiBilgileri/gonderiTasiyan/tuzelKisi/unvan</xsl:with-param></xsl:call-template>
              <xsl:call-template name="sold"><xsl:with-param name="path">gonderiBilgileri/gonderiTasiyan/gercekKisi/adiSoyadi</xsl:with-param></xsl:call-template>
              <xsl:text> </xsl:text>
              <xsl:call-template name="sold"><xsl:with-param name="path">gonderiBilgileri/gonderiTasiyan/tuzelKisi/vkn</xsl:with-param></xsl:call-template>
              <xsl:call-template name="sold"><xsl:with-param name="path">gonderiBilgileri/gonderiTasiyan/gercekKisi/tckn</xsl:with-param></xsl:call-template>
            </xsl:with-param>
          </xsl:call-template>
        </table>
      </div>
    </xsl:if>
  </xsl:template>

  <!-- The slip to return the goods with. -->
  <xsl:template name="slip">
    <xsl:if test="$internet">
      <div class="slip">
        <div class="caption"><xsl:call-template name="label"><xsl:with-param name="of">returnSlip</xsl:with-param></xsl:call-template><xsl:value-of select="concat(' · ', normalize-space(cbc:ID))"/></div>
        <table class="grid blank">
          <thead>
            <tr>
              <th><xsl:call-template name="label"><xsl:with-param name="of">returnGoods</xsl:with-param></xsl:call-template></th>
              <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">quantity</xsl:with-param></xsl:call-template></th>
              <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">price</xsl:with-param></xsl:call-template></th>
              <th class="figure"><xsl:call-template name="label"><xsl:with-param name="of">amount</xsl:with-param></xsl:call-template></th>
            </tr>
          </thead>
          <tbody>
            <tr><td/><td/><td/><td/></tr>
            <tr><td/><td/><td/><td/></tr>
          </tbody>
        </table>
        <table class="frame who">
          <tr>
            <td><i><xsl:call-template name="label"><xsl:with-param name="of">returnWho</xsl:with-param></xsl:call-template></i></td>
            <td><i><xsl:call-template name="label"><xsl:with-param name="of">returnAddress</xsl:with-param></xsl:call-template></i></td>
            <td><i><xsl:call-template name="label"><xsl:with-param name="of">returnSign</xsl:with-param></xsl:call-template></i></td>
          </tr>
        </table>
      </div>
    </xsl:if>
  </xsl:template>

  <!-- A fact of the sale by its path in the e-Arşiv report, from a reference or a note, else from elsewhere.
       `code` names it where the value is the DocumentType, `valued` (without underscores) where the value is the ID. -->
  <xsl:template name="sold">
    <xsl:param name="path"/>
    <xsl:param name="code"/>
    <xsl:param name="valued"/>
    <xsl:param name="else"/>
    <xsl:variable name="reference" select="$sale[cbc:ID = concat('internetSatisBilgi/', $path) or ($code and cbc:DocumentTypeCode = $code)]/cbc:DocumentType
      | $sale[$valued and (translate(cbc:DocumentTypeCode, '_', '') = $valued or translate(cbc:DocumentType, '_', '') = $valued)]/cbc:ID"/>
    <xsl:variable name="last">
      <xsl:call-template name="last-step"><xsl:with-param name="of" select="$path"/></xsl:call-template>
    </xsl:variable>
    <xsl:variable name="note" select="substring-after($invoice/cbc:Note[starts-with(normalize-space(), concat('##internetSatis_', $last, '#'))], concat('##internetSatis_', $last, '#'))"/>
    <xsl:choose>
      <xsl:when test="$reference"><xsl:value-of select="normalize-space($reference)"/></xsl:when>
      <xsl:when test="$note"><xsl:value-of select="normalize-space($note)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space($else)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="last-step">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="contains($of, '/')"><xsl:call-template name="last-step"><xsl:with-param name="of" select="substring-after($of, '/')"/></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:value-of select="$of"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="dated">
    <xsl:param name="of"/>
    <xsl:param name="is"/>
    <xsl:call-template name="fact">
      <xsl:with-param name="of" select="$of"/>
      <xsl:with-param name="is"><xsl:call-template name="day"><xsl:with-param name="of" select="$is"/></xsl:call-template></xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- ═══ words, numbers, days ═══ -->

  <xsl:template name="label">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$language = 'en'"><xsl:value-of select="normalize-space(substring-before(substring-after($labels-en, concat('|', $of, '=')), '|'))"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space(substring-before(substring-after($labels-tr, concat('|', $of, '=')), '|'))"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A code's name in the language asked for, else in Turkish, else the code. -->
  <xsl:template name="named">
    <xsl:param name="code"/>
    <xsl:param name="tr"/>
    <xsl:param name="en"/>
    <xsl:variable name="key" select="concat('|', normalize-space($code), '=')"/>
    <xsl:variable name="turkish" select="substring-before(substring-after($tr, $key), '|')"/>
    <xsl:variable name="english" select="substring-before(substring-after($en, $key), '|')"/>
    <xsl:choose>
      <xsl:when test="$language = 'en' and $english"><xsl:value-of select="$english"/></xsl:when>
      <xsl:when test="$turkish"><xsl:value-of select="$turkish"/></xsl:when>
      <xsl:when test="$english"><xsl:value-of select="$english"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space($code)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="day">
    <xsl:param name="of"/>
    <xsl:variable name="day" select="normalize-space($of)"/>
    <xsl:choose>
      <xsl:when test="$language = 'en' or not(substring($day, 5, 1) = '-' and substring($day, 8, 1) = '-')"><xsl:value-of select="$day"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="concat(substring($day, 9, 2), '.', substring($day, 6, 2), '.', substring($day, 1, 4))"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="moment">
    <xsl:param name="day"/>
    <xsl:param name="time"/>
    <xsl:call-template name="day"><xsl:with-param name="of" select="$day"/></xsl:call-template>
    <xsl:if test="normalize-space($time)"><xsl:value-of select="concat(' ', substring(normalize-space($time), 1, 5))"/></xsl:if>
  </xsl:template>

  <xsl:template name="percent">
    <xsl:param name="of"/>
    <xsl:if test="$language != 'en'">%</xsl:if>
    <xsl:call-template name="decimal"><xsl:with-param name="of" select="$of"/><xsl:with-param name="places" select="0"/></xsl:call-template>
    <xsl:if test="$language = 'en'"> %</xsl:if>
  </xsl:template>

  <xsl:template name="money">
    <xsl:param name="of"/>
    <xsl:call-template name="decimal"><xsl:with-param name="of" select="$of"/></xsl:call-template>
    <xsl:text> </xsl:text>
    <xsl:choose>
      <xsl:when test="$currency = 'TRY'"><xsl:call-template name="label"><xsl:with-param name="of">money</xsl:with-param></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:value-of select="$currency"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Digit by digit, because XPath's numbers are binary and an amount is what is written. -->
  <xsl:template name="decimal">
    <xsl:param name="of"/>
    <xsl:param name="places" select="2"/>
    <xsl:variable name="written" select="normalize-space($of)"/>
    <xsl:variable name="body" select="translate($written, '+-', '')"/>
    <xsl:choose>
      <xsl:when test="not($body) or translate($body, '0123456789.', '')"><xsl:value-of select="$written"/></xsl:when>
      <xsl:otherwise>
        <xsl:variable name="fraction">
          <xsl:call-template name="fraction"><xsl:with-param name="of" select="substring-after($body, '.')"/><xsl:with-param name="places" select="$places"/></xsl:call-template>
        </xsl:variable>
        <xsl:if test="starts-with($written, '-')">−</xsl:if>
        <xsl:call-template name="grouped"><xsl:with-param name="of" select="substring-before(concat($body, '.'), '.')"/></xsl:call-template>
        <xsl:if test="string($fraction)">
          <xsl:choose>
            <xsl:when test="$language = 'en'">.</xsl:when>
            <xsl:otherwise>,</xsl:otherwise>
          </xsl:choose>
          <xsl:value-of select="$fraction"/>
        </xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Without zeros at the end beyond the places, and filled up to them. -->
  <xsl:template name="fraction">
    <xsl:param name="of"/>
    <xsl:param name="places"/>
    <xsl:choose>
      <xsl:when test="string-length($of) > $places and substring($of, string-length($of)) = '0'">
        <xsl:call-template name="fraction"><xsl:with-param name="of" select="substring($of, 1, string-length($of) - 1)"/><xsl:with-param name="places" select="$places"/></xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="concat($of, substring('00', 1, $places - string-length($of)))"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="grouped">
    <xsl:param name="of"/>
    <xsl:variable name="length" select="string-length($of)"/>
    <xsl:choose>
      <xsl:when test="$length = 0">0</xsl:when>
      <xsl:when test="$length &lt; 4"><xsl:value-of select="$of"/></xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="grouped"><xsl:with-param name="of" select="substring($of, 1, $length - 3)"/></xsl:call-template>
        <xsl:choose>
          <xsl:when test="$language = 'en'">,</xsl:when>
          <xsl:otherwise>.</xsl:otherwise>
        </xsl:choose>
        <xsl:value-of select="substring($of, $length - 2)"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="fours">
    <xsl:param name="of"/>
    <xsl:value-of select="substring($of, 1, 4)"/>
    <xsl:if test="string-length($of) > 4">
      <xsl:text> </xsl:text>
      <xsl:call-template name="fours"><xsl:with-param name="of" select="substring($of, 5)"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- ═══ amounts in Turkish words, run together as on a cheque ═══ -->

  <xsl:template name="spelled">
    <xsl:param name="amount"/>
    <xsl:variable name="whole" select="substring-before(concat($amount, '.'), '.')"/>
    <xsl:variable name="rest" select="substring(concat(substring-after($amount, '.'), '00'), 1, 2)"/>
    <xsl:choose>
      <xsl:when test="not($whole) or translate($whole, '0123456789', '') or string-length($whole) > 18"/>
      <xsl:otherwise>
        <xsl:text>Yalnız </xsl:text>
        <xsl:choose>
          <xsl:when test="translate($whole, '0', '')"><xsl:call-template name="number-words"><xsl:with-param name="of" select="$whole"/></xsl:call-template></xsl:when>
          <xsl:otherwise>sıfır</xsl:otherwise>
        </xsl:choose>
        <xsl:text> </xsl:text>
        <xsl:call-template name="entry"><xsl:with-param name="list" select="$currencies"/><xsl:with-param name="key" select="$currency"/></xsl:call-template>
        <xsl:if test="translate($rest, '0', '')">
          <xsl:text> </xsl:text>
          <xsl:call-template name="number-words"><xsl:with-param name="of" select="$rest"/></xsl:call-template>
          <xsl:text> </xsl:text>
          <xsl:call-template name="entry"><xsl:with-param name="list" select="$hundredths"/><xsl:with-param name="key" select="$currency"/><xsl:with-param name="else">/ 100</xsl:with-param></xsl:call-template>
        </xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Three digits at a time, the highest first. -->
  <xsl:template name="number-words">
    <xsl:param name="of"/>
    <xsl:variable name="length" select="string-length($of)"/>
    <xsl:variable name="first" select="($length - 1) mod 3 + 1"/>
    <xsl:variable name="group" select="substring(concat('00', substring($of, 1, $first)), $first)"/>
    <xsl:variable name="power" select="($length - $first) div 3"/>
    <xsl:if test="translate($group, '0', '')">
      <xsl:if test="not($power = 1 and $group = '001')">
        <xsl:variable name="hundreds" select="substring($group, 1, 1)"/>
        <xsl:if test="$hundreds > 1"><xsl:call-template name="entry"><xsl:with-param name="list" select="$digits"/><xsl:with-param name="key" select="$hundreds"/></xsl:call-template></xsl:if>
        <xsl:if test="$hundreds > 0">yüz</xsl:if>
        <xsl:if test="substring($group, 2, 1) > 0"><xsl:call-template name="entry"><xsl:with-param name="list" select="$tens"/><xsl:with-param name="key" select="substring($group, 2, 1)"/></xsl:call-template></xsl:if>
        <xsl:if test="substring($group, 3, 1) > 0"><xsl:call-template name="entry"><xsl:with-param name="list" select="$digits"/><xsl:with-param name="key" select="substring($group, 3, 1)"/></xsl:call-template></xsl:if>
      </xsl:if>
      <xsl:if test="$power > 0"><xsl:call-template name="entry"><xsl:with-param name="list" select="$thousands"/><xsl:with-param name="key" select="$power"/></xsl:call-template></xsl:if>
    </xsl:if>
    <xsl:if test="$length > $first">
      <xsl:call-template name="number-words"><xsl:with-param name="of" select="substring($of, $first + 1)"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="entry">
    <xsl:param name="list"/>
    <xsl:param name="key"/>
    <xsl:param name="else" select="$key"/>
    <xsl:variable name="found" select="substring-before(substring-after($list, concat('|', $key, '=')), '|')"/>
    <xsl:choose>
      <xsl:when test="$found"><xsl:value-of select="$found"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$else"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- ═══ looks ═══ -->

  <xsl:template name="style">
    <xsl:variable name="number" select="normalize-space($invoice/cbc:ID)"/>
    <!-- Only what cannot end the style sheet gets into it. -->
    <xsl:variable name="safe" select="translate($number, translate($number, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', ''), '')"/>
    @page { size: A4; margin: 12mm 13mm 16mm;
      @bottom-left { content: "<xsl:value-of select="$safe"/>"; font: 7pt Inter, "Segoe UI", Arial, sans-serif; color: #6b7480; }
      @bottom-right { content: "<xsl:call-template name="label"><xsl:with-param name="of">page</xsl:with-param></xsl:call-template> " counter(page) " / " counter(pages); font: 7pt Inter, "Segoe UI", Arial, sans-serif; color: #6b7480; } }
    * { box-sizing: border-box; }
    html { font: 8.5pt/1.4 Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1b2430; }
    body { margin: 0; }
    table { border-collapse: collapse; width: 100%; }
    td, th { padding: 0; text-align: left; vertical-align: top; font-weight: 400; }
    i { font-style: normal; color: #6b7480; }
    b, .strong { font-weight: 600; }
    .small { font-size: 7pt; color: #5b6572; }
    .caption { font-size: 7pt; font-weight: 600; color: #1f4e79; margin-bottom: 1mm; break-after: avoid; page-break-after: avoid; }
    .caption.further { margin-top: 3mm; }
    .joined span { display: inline-block; margin-right: 2.5mm; }
    .beside { margin-left: 2mm; }
    .head td { padding-bottom: 3mm; }
    .rule { height: 0.6mm; background: #1f4e79; }
    .seller { width: 52%; padding-right: 6mm; }
    .name { font-weight: 600; overflow-wrap: anywhere; }
    .name.large { font-size: 12pt; line-height: 1.25; margin-bottom: 1mm; }
    .party div { overflow-wrap: anywhere; }
    .title { text-align: right; }
    h1 { font-size: 17pt; line-height: 1.1; font-weight: 600; color: #1f4e79; margin: 0; }
    .kind { font-size: 9.5pt; margin-top: 0.8mm; }
    .unsigned { font-size: 7.5pt; font-weight: 600; color: #b3261e; margin-top: 1.2mm; }
    .qr { width: 36mm; padding-left: 4mm; text-align: right; }
    .qr img { width: 32mm; height: 32mm; image-rendering: pixelated; }
    .parties { margin: 4mm 0 5mm; }
    .buyer { width: 52%; padding-right: 6mm; }
    .buyer .name { font-size: 10pt; }
    .pairs th { color: #6b7480; padding: 0.45mm 3mm 0.45mm 0; white-space: nowrap; width: 1%; }
    .pairs td { padding: 0.45mm 0; overflow-wrap: anywhere; }
    .ettn { font-size: 7.5pt; }
    .lines { margin-bottom: 4mm; }
    .lines th { font-size: 7pt; font-weight: 600; color: #1f4e79; background: #eef3f8; padding: 1.4mm 1.5mm; border-bottom: 0.25mm solid #1f4e79; vertical-align: bottom; }
    .lines td { padding: 1.1mm 1.5mm; border-bottom: 0.15mm solid #d4dae1; }
    .lines tr { break-inside: avoid; page-break-inside: avoid; }
    .lines thead { display: table-header-group; }
    .no { width: 8mm; color: #6b7480; }
    .lines th.figure { white-space: nowrap; }
    .item { width: 42%; min-width: 35mm; overflow-wrap: anywhere; }
    .dense td.figure { font-size: 7pt; }
    .packed th.figure, .packed td.figure { font-size: 6.5pt; padding-left: 0.9mm; padding-right: 0.9mm; }
    .packed td.figure .small { font-size: 6pt; }
    .dense .quantity, .packed .quantity { min-width: 0; }
    .quantity { min-width: 22mm; }
    .unit { color: #5b6572; }
    th.figure, td.figure { text-align: right; }
    .figure, .totals td { font-variant-numeric: tabular-nums; }
    .whole { white-space: nowrap; }
    .closing { break-inside: avoid; page-break-inside: avoid; break-before: avoid; page-break-before: avoid; }
    .sums .taxes { width: 55%; padding-right: 8mm; }
    .grid th { font-size: 7pt; color: #6b7480; padding: 0.8mm 1.5mm; border-bottom: 0.2mm solid #9aa5b1; }
    .grid td { padding: 0.9mm 1.5mm; border-bottom: 0.15mm solid #e3e7ec; }
    .grid th:first-child, .grid td:first-child { padding-left: 0; }
    .grid td.figure { white-space: nowrap; }
    .reason { margin-top: 1.5mm; }
    .totals .pairs th { width: auto; color: #1b2430; white-space: normal; padding: 0.7mm 3mm 0.7mm 0; }
    .totals .pairs td { text-align: right; white-space: nowrap; padding: 0.7mm 0; }
    .totals tr.payable th, .totals tr.payable td { font-size: 11pt; font-weight: 600; color: #1f4e79; border-top: 0.5mm solid #1f4e79; padding-top: 1.4mm; }
    .totals .pairs tr:nth-last-child(2) th, .totals .pairs tr:nth-last-child(2) td { padding-bottom: 1.4mm; }
    .caption.lira { margin: 2.5mm 0 0.5mm; border-top: 0.15mm solid #d4dae1; padding-top: 1.5mm; }
    .words { margin-top: 4mm; padding: 1.6mm 2mm; background: #eef3f8; overflow-wrap: anywhere; }
    .statements { margin-top: 3mm; }
    .statements p { margin: 0 0 0.6mm; font-weight: 600; }
    .stamp { width: 55mm; height: 24mm; margin: 3mm 0 0 auto; border: 0.15mm solid #9aa5b1; padding: 1mm 2mm; font-size: 7pt; color: #6b7480; break-inside: avoid; }
    .section { margin-top: 3.5mm; }
    .section p { margin: 0 0 0.8mm; }
    .note { white-space: pre-line; overflow-wrap: anywhere; }
    .internet { break-inside: avoid; page-break-inside: avoid; }
    .internet.aside { float: right; width: 48%; margin-bottom: 2mm; }
    .slip { clear: both; margin-top: 3mm; padding-top: 2mm; border-top: 0.25mm dashed #6b7480; break-inside: avoid; page-break-inside: avoid; }
    .blank td { height: 5mm; }
    .blank th, .blank td { width: 16%; }
    .blank th:first-child, .blank td:first-child { width: 52%; }
    .who { margin-top: 1mm; }
    .who td { width: 33%; height: 9mm; font-size: 7pt; }
    .watermark { position: fixed; top: 105mm; left: 0; right: 0; text-align: center; font-size: 96pt; line-height: 1; font-weight: 600; letter-spacing: 6mm; color: #b3261e; opacity: 0.06; transform: rotate(-32deg); text-transform: uppercase; }
    @media screen { html { background: #e9edf1; } body { background: #fff; max-width: 210mm; margin: 6mm auto; padding: 12mm 13mm; } }
  </xsl:template>
</xsl:stylesheet>
