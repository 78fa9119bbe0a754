using System.Globalization;
using System.Xml.Linq;

namespace WasmChord.Bench.Figures;

/// <summary>
/// A line plot as SVG 1.1 (https://www.w3.org/TR/SVG11/): the vertical axis is linear from 0, so that heights may be
/// compared; whiskers span the measurements of a point.
/// </summary>
/// <param name="Title">Above the plot.</param>
/// <param name="XTitle">What lies across, with its unit.</param>
/// <param name="YTitle">What lies up, with its unit.</param>
/// <param name="XScale">Spacing across.</param>
/// <param name="Lines">At least one, with at least one point in all.</param>
public sealed record LinePlot(string Title, string XTitle, string YTitle, AxisScale XScale, IReadOnlyList<PlotLine> Lines)
{
    private const double Width = 720, Height = 420, Left = 74, Right = 24, Top = 78, Bottom = 58;
    private const string Ink = "#24292f", Faint = "#d8dee4", Bound = "#6e7781";

    // Okabe and Ito's colours, which people with any kind of colour vision can tell apart (https://jfly.uni-koeln.de/color/).
    private static readonly string[] s_colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    /// <summary>The plot as an SVG document.</summary>
    /// <exception cref="ArgumentException">No line has a point, or one cannot be shown.</exception>
    public XDocument ToSvg()
    {
        PlotPoint[] points = [.. Lines.SelectMany(l => l.Points)];
        PlotAxis x = new(XScale, [.. points.Select(p => p.X)]), y = new(AxisScale.Linear, [.. points.Select(p => Math.Max(p.Y, p.High))]);
        double X(double value) => Left + x.Position(value) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - y.Position(value) * (Height - Top - Bottom);

        XElement root = new(s_svg + "svg", new XAttribute("viewBox", $"0 0 {Number(Width)} {Number(Height)}"), new XAttribute("width", Number(Width)),
            new XAttribute("height", Number(Height)), new XAttribute("font-family", "system-ui, sans-serif"), new XAttribute("font-size", "13"), new XAttribute("role", "img"));
        root.Add(new XElement(s_svg + "title", Title));
        root.Add(Shape("rect", ("width", Number(Width)), ("height", Number(Height)), ("fill", "#ffffff")));
        root.Add(Text(Title, Left, 26, "start", ("font-size", "16"), ("font-weight", "600")));
        foreach (double mark in x.Marks)
        {
            root.Add(Line(X(mark), Top, X(mark), Height - Bottom, Faint));
            root.Add(Text(PlotAxis.Label(mark), X(mark), Height - Bottom + 18, "middle"));
        }
        foreach (double mark in y.Marks)
        {
            root.Add(Line(Left, Y(mark), Width - Right, Y(mark), mark == 0 ? Ink : Faint));
            root.Add(Text(PlotAxis.Label(mark), Left - 8, Y(mark) + 4, "end"));
        }
        root.Add(Line(Left, Top, Left, Height - Bottom, Ink));
        root.Add(Text(XTitle, (Left + Width - Right) / 2, Height - 14, "middle"));
        root.Add(Text(YTitle, 0, 0, "middle", ("transform", $"translate(18 {Number((Top + Height - Bottom) / 2)}) rotate(-90)")));

        double legend = Left;
        int colour = 0;
        foreach (PlotLine line in Lines)
        {
            string ink = line.IsBound ? Bound : s_colours[colour++ % s_colours.Length];
            XElement group = new(s_svg + "g", new XAttribute("stroke", ink), new XAttribute("fill", ink));
            root.Add(group);
            XElement path = Shape("polyline", ("points", string.Join(' ', line.Points.Select(p => $"{Number(X(p.X))},{Number(Y(p.Y))}"))), ("fill", "none"), ("stroke-width", "2"));
            XElement sample = Shape("line", ("x1", Number(legend)), ("y1", "50"), ("x2", Number(legend + 22)), ("y2", "50"), ("stroke-width", "2"));
            if (line.IsBound)
            {
                path.Add(new XAttribute("stroke-dasharray", "6 4"));
                sample.Add(new XAttribute("stroke-dasharray", "6 4"));
            }
            group.Add(path, sample);
            if (!line.IsBound)
            {
                foreach (PlotPoint p in line.Points)
                {
                    if (p.High > p.Low) group.Add(Shape("line", ("x1", Number(X(p.X))), ("y1", Number(Y(p.Low))), ("x2", Number(X(p.X))), ("y2", Number(Y(p.High)))));
                    group.Add(Shape("circle", ("cx", Number(X(p.X))), ("cy", Number(Y(p.Y))), ("r", "3.5"), ("stroke", "none")));
                }
            }
            root.Add(Text(line.Name, legend + 28, 54, "start"));
            // Letters of 13 pixels are about 7 wide; a legend need not be laid out more exactly than that.
            legend += 28 + line.Name.Length * 7 + 22;
        }
        return new XDocument(root);
    }

    /// <summary>Writes the plot as a file, over what is there.</summary>
    public void Save(string path) => File.WriteAllText(path, ToSvg().ToString() + "\n");

    private static XElement Line(double x1, double y1, double x2, double y2, string ink) =>
        Shape("line", ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)), ("stroke", ink));

    private static XElement Text(string text, double x, double y, string anchor, params (string Name, string Value)[] more)
    {
        XElement element = Shape("text", [("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor), ("fill", Ink), .. more]);
        element.Add(text);
        return element;
    }

    private static XElement Shape(string name, params (string Name, string Value)[] attributes) =>
        new(s_svg + name, attributes.Select(a => new XAttribute(a.Name, a.Value)));

    private static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}
