using System.Globalization;
using System.Xml.Linq;
using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Tests;

public sealed class LinePlotTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static readonly LinePlot s_plot = new("Users <at> once & more", "users", "tokens/s", AxisScale.Doubling,
    [
        new PlotLine("in memory", [PlotPoint.Of(1, new Series([8, 9, 10])), new PlotPoint(2, 15), new PlotPoint(4, 19)]),
        new PlotLine("allowed", [new PlotPoint(1, 10), new PlotPoint(4, 40)], IsBound: true),
    ]);

    [Fact]
    public void Save_TextThatXmlMustEscape_IsAWellFormedDocument()
    {
        string path = Path.GetTempFileName();
        try
        {
            s_plot.Save(path);
            XDocument document = XDocument.Load(path);
            Assert.Equal(s_svg + "svg", document.Root!.Name);
            Assert.Contains(document.Descendants(s_svg + "text"), t => t.Value == s_plot.Title);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void ToSvg_Points_LieInsideTheViewBoxAndRiseWithTheirValues()
    {
        XDocument document = s_plot.ToSvg();
        (double X, double Y)[] circles = [.. document.Descendants(s_svg + "circle").Select(c => (Number(c, "cx"), Number(c, "cy")))];
        Assert.Equal(3, circles.Length);
        Assert.All(circles, c => Assert.True(c.X is >= 0 and <= 720 && c.Y is >= 0 and <= 420));
        Assert.True(circles[0].X < circles[1].X && circles[1].X < circles[2].X);
        Assert.True(circles[0].Y > circles[1].Y && circles[1].Y > circles[2].Y);
        Assert.Equal(circles[1].X - circles[0].X, circles[2].X - circles[1].X, 0.2);
    }

    [Fact]
    public void ToSvg_BoundsAndRanges_AreDashedAndHaveWhiskers()
    {
        XDocument document = s_plot.ToSvg();
        Assert.Single(document.Descendants(s_svg + "polyline"), l => l.Attribute("stroke-dasharray") is not null);
        // The only point with several measurements: its whisker runs upright from the least to the greatest.
        XElement group = document.Descendants(s_svg + "g").First();
        XElement whisker = Assert.Single(group.Elements(s_svg + "line"), l => l.Attribute("x1")!.Value == l.Attribute("x2")!.Value);
        Assert.True(Number(whisker, "y1") > Number(whisker, "y2"));
    }

    [Fact]
    public void ToSvg_NoPoints_Refused() =>
        Assert.Throws<ArgumentException>(() => new LinePlot("", "", "", AxisScale.Linear, [new PlotLine("", [])]).ToSvg());

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
